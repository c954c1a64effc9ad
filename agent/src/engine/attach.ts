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
import type { Closeable } from '@bpfscope/native/sys';
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
  const multi = attachMulti(program, spec);
  if (multi !== null) {
    keep(multi);
    return [];
  }
  const failures: AttachFailure[] = [];
  spec.probes.forEach((probe, index) => {
    const cookie = spec.cookies?.[index];
    try {
      const attach = ATTACH[probe.site.kind] as Attach<AttachKind>;
      const link = attach(program, probe.site as never, cookie === undefined ? {} : { cookie });
      if (link !== null) keep(link);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.push({ probe, error });
    }
  });
  return failures;
}

/** Programs that the compiler made for multi-attach; null for all others. */
function attachMulti(program: Program, spec: ProgramSpec): Closeable | null {
  const sites = spec.probes.map((probe) => probe.site);
  const first = sites[0];
  const session = spec.expectedAttachType === AttachType.BPF_TRACE_KPROBE_SESSION;
  if (first?.kind === 'kprobe' && (session || spec.expectedAttachType === AttachType.BPF_TRACE_KPROBE_MULTI)) {
    const symbols = sites.flatMap((site) => (site.kind === 'kprobe' ? [qualified(site.module, site.symbol)] : []));
    return attachKprobeMulti(program, { symbols, cookies: spec.cookies, return: first.return, session });
  }
  if (first?.kind === 'uprobe' && spec.expectedAttachType === AttachType.BPF_TRACE_UPROBE_MULTI) {
    const offsets = sites.flatMap((site) => (site.kind === 'uprobe' ? [site.offset] : []));
    return attachUprobeMulti(program, {
      path: first.path,
      offsets,
      cookies: spec.cookies,
      return: first.return,
      pid: first.pid,
    });
  }
  return null;
}
