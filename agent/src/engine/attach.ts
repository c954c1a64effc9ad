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
  CpuLinks,
  type AttachOptions,
  type Link,
  type Rate,
} from '@bpfscope/native/link';
import type { Program } from '@bpfscope/native/prog';
import { isErrno, type Closeable } from '@bpfscope/native/sys';
import { AttachType } from '@bpfscope/native/uapi';
import type { ProgramSpec } from '../compiler/program.ts';
import type { AttachKind, ResolvedProbe, SiteOf } from '../language/attach.ts';
import { KernelPlaces } from './kernel-places.ts';

interface SiteOptions extends AttachOptions {
  /** Of an interval. */
  readonly timers: number;
}

type Attach<K extends AttachKind> = (program: Program, site: SiteOf<K>, options: SiteOptions) => Closeable | null;

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
  profile: (program, site, options) => onEachCpu((cpus) => attachProfile(program, rateOf(site), cpus, options)),
  interval: (program, site, options) =>
    new CpuLinks({ attach: (cpu) => attachInterval(program, rateOf(site), cpu, options), any: true }),
  software: attachEvent,
  hardware: attachEvent,
  watchpoint: (program, site, options) => onEachCpu((cpus) => attachWatchpoint(program, site, { cpus }, options)),
};

function attachEvent(program: Program, site: SiteOf<'software'>, options: AttachOptions): Closeable {
  return onEachCpu((cpus) => attachCounter(program, { ...site, name: site.event }, cpus, options));
}

const onEachCpu = (attach: (cpus: readonly number[]) => Link): CpuLinks =>
  new CpuLinks({ attach: (cpu) => attach([cpu]) });

export interface AttachFailure {
  readonly probe: ResolvedProbe;
  readonly error: Error;
}

/** Takes what is attached; of several probes that are attached together the first. */
type Keep = (link: Closeable, probe: ResolvedProbe) => void;

/**
 * Attaches one program to all its sites. Failures are reported one by one; what was attached stays, the caller decides.
 */
export function attachProgram(
  program: Program,
  spec: ProgramSpec,
  keep: Keep,
  kernel = new KernelPlaces(),
): readonly AttachFailure[] {
  const { through } = spec;
  if (through !== undefined) {
    const [failed] = attempt(placeOf(through, null), (place) => attachAt(program, spec, place, keep));
    return failed === undefined ? [] : spec.probes.map((probe) => ({ probe, error: failed.error }));
  }
  const all = spec.probes.flatMap((probe, index) => placesOf(probe, spec.cookies?.[index] ?? null, kernel));
  const together = multiAttach(program, spec);
  if (together === null)
    return ofProbes(
      all,
      all.flatMap((place) => attempt(place, () => attachAt(program, spec, place, keep))),
    );
  // One call takes names or addresses.
  const named = all.filter(({ address }) => address === null);
  const addressed = all.filter(({ address }) => address !== null);
  return ofProbes(all, [...attachTogether(named, together, keep), ...attachTogether(addressed, together, keep)]);
}

interface Place {
  readonly probe: ResolvedProbe;
  readonly cookie: bigint | null;
  /** Of kernel functions that are attached to by address. */
  readonly address: bigint | null;
}

interface PlaceFailure {
  readonly place: Place;
  readonly error: Error;
}

const placeOf = (probe: ResolvedProbe, cookie: bigint | null): Place => ({ probe, cookie, address: null });

function placesOf(probe: ResolvedProbe, cookie: bigint | null, kernel: KernelPlaces): Place[] {
  const addresses = probe.site.kind === 'kprobe' ? kernel.addresses(probe.site) : [];
  return addresses.length === 0 ? [placeOf(probe, cookie)] : addresses.map((address) => ({ probe, cookie, address }));
}

/** Of several functions with one name, those that the kernel lets us attach to do. */
function ofProbes(all: readonly Place[], failures: readonly PlaceFailure[]): readonly AttachFailure[] {
  const failed = new Set(failures.map(({ place }) => place));
  const attached = new Set(all.filter((place) => !failed.has(place)).map(({ probe }) => probe));
  const missing = new Map(failures.map(({ place: { probe }, error }) => [probe, { probe, error }]));
  return [...missing.values()].filter(({ probe }) => !attached.has(probe));
}

function attachAt(program: Program, { timers = 1 }: ProgramSpec, place: Place, keep: Keep): void {
  const { probe, cookie, address } = place;
  const { site } = probe;
  const attach = ATTACH[site.kind] as Attach<AttachKind>;
  const placed = address === null ? site : { ...site, address, offset: 0 };
  const link = attach(program, placed as never, { timers, ...(cookie === null ? {} : { cookie }) });
  if (link !== null) keep(link, probe);
}

function attempt(place: Place, attach: (place: Place) => void): PlaceFailure[] {
  try {
    attach(place);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ place, error }];
  }
}

/** Refusals that no choice of places changes. */
const ABOUT_ALL = ['EPERM', 'EACCES', 'ENOMEM', 'EMFILE', 'EOPNOTSUPP'];

/** The kernel takes all or none and does not say which one it will not have: halves find it, and keep the others. */
function attachTogether(
  places: readonly Place[],
  attach: (places: readonly Place[]) => Closeable,
  keep: Keep,
): readonly PlaceFailure[] {
  const [first] = places;
  if (first === undefined) return [];
  if (places.length === 1) return attempt(first, () => keep(attach(places), first.probe));
  try {
    keep(attach(places), first.probe);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (isErrno(error, ...ABOUT_ALL)) return places.map((place) => ({ place, error }));
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
      const addresses = places.flatMap(({ address }) => (address === null ? [] : [address]));
      const symbols = places.flatMap(({ probe: { site } }) => (site.kind === 'kprobe' ? [site.symbol] : []));
      const sites = addresses.length > 0 ? { addresses } : { symbols };
      return attachKprobeMulti(program, { ...sites, cookies: cookiesOf(places), return: first.return, session });
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
