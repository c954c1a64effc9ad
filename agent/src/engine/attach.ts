/** Attach sites to links: one row a kind of site. Programs for begin and end are not attached; the session runs them. */
import {
  attachByBtf,
  attachCounter,
  attachInterval,
  attachKprobe,
  attachKprobeMulti,
  attachProfile,
  attachRawTracepoint,
  attachTracepoint,
  attachTracing,
  attachUprobe,
  attachUprobeMulti,
  attachWatchpoint,
  type AttachOptions,
  type Rate,
} from '@bpfscope/native/link';
import { onlineCpus } from '@bpfscope/native/procfs';
import type { Program } from '@bpfscope/native/prog';
import { isErrno, type Closeable } from '@bpfscope/native/sys';
import { AttachType } from '@bpfscope/native/uapi';
import type { ProgramSpec } from '../compiler/program.ts';
import type { AttachKind, AttachSite, ResolvedProbe } from '../language/attach.ts';

type SiteOf<K extends AttachKind> = AttachSite extends infer A
  ? A extends { readonly kind: infer Kinds }
    ? K extends Kinds
      ? A
      : never
    : never
  : never;

type Attach<K extends AttachKind> = (program: Program, site: SiteOf<K>, options: AttachOptions) => Closeable | null;

function rateOf(site: SiteOf<'profile'> | SiteOf<'interval'>): Rate {
  return site.hz !== null ? { hz: site.hz } : { periodNs: site.periodNs ?? 1_000_000_000n };
}

const qualified = (module: string, symbol: string): string =>
  module === '' || module === 'vmlinux' ? symbol : `${module}:${symbol}`;

/** null: nothing to attach, the session runs it itself. */
const ATTACH: { readonly [K in AttachKind]: Attach<K> } = {
  begin: () => null,
  end: () => null,
  signal: () => null,
  test: () => null,
  bench: () => null,
  iter: () => null,
  tracepoint: attachTracepoint,
  rawtracepoint: (program, site, options) =>
    site.btfId === null
      ? attachRawTracepoint(program, site.event, options)
      : attachByBtf(program, `raw tracepoint ${site.event}`),
  kprobe: (program, site, options) =>
    attachKprobe(
      program,
      {
        symbol: site.address === null ? qualified(site.module, site.symbol) : '',
        offset: site.offset,
        address: site.address,
        return: site.return,
      },
      options,
    ),
  fentry: (program, site, options) => attachTracing(program, qualified(site.module, site.symbol), options),
  uprobe: attachUprobe,
  usdt: (program, site, options) => attachUprobe(program, { ...site, return: false }, options),
  profile: (program, site, options) => attachProfile(program, rateOf(site), onlineCpus(), options),
  interval: (program, site, options) => attachInterval(program, rateOf(site), onlineCpus()[0] ?? 0, options),
  software: attachEvent,
  hardware: attachEvent,
  watchpoint: (program, site, options) => attachWatchpoint(program, site, { cpus: onlineCpus() }, options),
};

function attachEvent(program: Program, site: SiteOf<'software'>, options: AttachOptions): Closeable {
  return attachCounter(program, { ...site, name: site.event }, onlineCpus(), options);
}

export interface AttachFailure {
  readonly probe: ResolvedProbe;
  readonly error: Error;
}

/**
 * Attaches one program to all its sites. Failures are reported one by one; what was attached stays, the caller decides.
 */
export function attachProgram(
  program: Program,
  spec: ProgramSpec,
  keep: (link: Closeable) => void,
): readonly AttachFailure[] {
  const all = spec.probes.map((probe, index): Place => ({ probe, cookie: spec.cookies?.[index] ?? null }));
  const together = multiAttach(program, spec);
  if (together !== null) return attachTogether(all, together, keep);
  const { through } = spec;
  if (through === undefined) {
    return all.flatMap(({ probe, cookie }) => attempt(probe, () => attachAt(program, probe, cookie, keep)));
  }
  const [failed] = attempt(through, () => attachAt(program, through, null, keep));
  return failed === undefined ? [] : spec.probes.map((probe) => ({ probe, error: failed.error }));
}

function attachAt(
  program: Program,
  { site }: ResolvedProbe,
  cookie: bigint | null,
  keep: (link: Closeable) => void,
): void {
  const attach = ATTACH[site.kind] as Attach<AttachKind>;
  const link = attach(program, site as never, cookie === null ? {} : { cookie });
  if (link !== null) keep(link);
}

interface Place {
  readonly probe: ResolvedProbe;
  readonly cookie: bigint | null;
}

function attempt(probe: ResolvedProbe, attach: () => void): AttachFailure[] {
  try {
    attach();
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ probe, error }];
  }
}

/** Refusals that no choice of places changes. */
const ABOUT_ALL = ['EPERM', 'EACCES', 'ENOMEM', 'EMFILE', 'EOPNOTSUPP'];

/** The kernel takes all or none and does not say which one it will not have: halves find it, and keep the others. */
function attachTogether(
  places: readonly Place[],
  attach: (places: readonly Place[]) => Closeable,
  keep: (link: Closeable) => void,
): readonly AttachFailure[] {
  const [first] = places;
  if (first === undefined) return [];
  if (places.length === 1) return attempt(first.probe, () => keep(attach(places)));
  try {
    keep(attach(places));
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (isErrno(error, ...ABOUT_ALL)) return places.map(({ probe }) => ({ probe, error }));
    const half = places.length >> 1;
    return [
      ...attachTogether(places.slice(0, half), attach, keep),
      ...attachTogether(places.slice(half), attach, keep),
    ];
  }
}

/** How programs that the compiler made for multi-attach are attached; null for all others. */
function multiAttach(program: Program, spec: ProgramSpec): ((places: readonly Place[]) => Closeable) | null {
  const first = spec.probes[0]?.site;
  const cookiesOf = (places: readonly Place[]): readonly bigint[] | null =>
    spec.cookies === null ? null : places.map(({ cookie }) => cookie ?? 0n);
  const session = spec.expectedAttachType === AttachType.BPF_TRACE_KPROBE_SESSION;
  if (first?.kind === 'kprobe' && (session || spec.expectedAttachType === AttachType.BPF_TRACE_KPROBE_MULTI)) {
    return (places) => {
      // Here the kernel looks for names in all modules.
      const symbols = places.flatMap(({ probe: { site } }) => (site.kind === 'kprobe' ? [site.symbol] : []));
      const cookies = cookiesOf(places);
      return attachKprobeMulti(program, { symbols, cookies, return: first.return, session });
    };
  }
  if (
    (first?.kind === 'uprobe' || first?.kind === 'usdt') &&
    spec.expectedAttachType === AttachType.BPF_TRACE_UPROBE_MULTI
  ) {
    const { path, pid } = first;
    return (places) => {
      const sites = places.flatMap(({ probe: { site } }) =>
        site.kind === 'uprobe' || site.kind === 'usdt' ? [site] : [],
      );
      const semaphores = sites.map((site) => (site.kind === 'usdt' ? (site.semaphoreOffset ?? 0) : 0));
      return attachUprobeMulti(program, {
        path,
        offsets: sites.map(({ offset }) => offset),
        semaphoreOffsets: semaphores.some((offset) => offset !== 0) ? semaphores : null,
        cookies: cookiesOf(places),
        return: first.kind === 'uprobe' && first.return,
        pid,
      });
    };
  }
  return null;
}
