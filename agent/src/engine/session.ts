/**
 * One query in the kernel: loaded, attached, its events handled, detached. The command line owns one; the engine one a
 * run. Everything is held by file descriptors only, so that the kernel cleans up when this process dies in any way.
 */
import { resolve } from 'node:path';
import type { BpfMap } from '@bpfscope/native/map';
import type { Program } from '@bpfscope/native/prog';
import { PerfBuffer, RingBuffer, type RecordSource, type RingPoller } from '@bpfscope/native/ringbuf';
import { CpuLinks, Iterator } from '@bpfscope/native/link';
import { clockNs, possibleCpus } from '@bpfscope/native/procfs';
import { Scope, type Closeable } from '@bpfscope/native/sys';
import { MapType } from '@bpfscope/native/uapi';
import type { CompiledQuery, ProgramSpec } from '../compiler/program.ts';
import type { AttachKind, ResolvedProbe, SiteOf } from '../language/attach.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { readUnsigned64 } from '../decode/integer.ts';
import type { DecodeContext } from '../decode/value.ts';
import { recordHandlers, type ActionHandler } from './actions.ts';
import { attachProgram, type AttachFailure } from './attach.ts';
import { attachRefusal } from './attach-refusal.ts';
import { measure, PACKET, type Benchmark } from './benchmark.ts';
import { ChangingCpus } from './changing-cpus.ts';
import { KernelPlaces } from './kernel-places.ts';
import { QueryRefused, type LoadedQuery } from './load.ts';
import { kernelNamesNotice } from './kernel-names-notice.ts';
import { captureProcesses, type ProcessMemory } from './process-capture.ts';
import { mapReader, type MapReader } from './map-reader.ts';
import type { Sink } from './sink.ts';
import { UnloadedModules, type UnloadedModule } from './unloaded-modules.ts';
import type { StackNotice } from './stack-notice.ts';
import type { Names } from '../decode/names.ts';
import type { Loss } from '../protocol/index.ts';

export interface SessionOptions {
  readonly sink: Sink;
  readonly poller: RingPoller;
  /** Remembers processes while they live, for names that are asked for later. */
  readonly processes?: ProcessMemory;
  /** Names for this session's addresses; it gets the maps that hold stacks. */
  readonly names: (query: CompiledQuery, maps: readonly BpfMap[]) => Names;
  /** cat() may read files, system() may run commands. Default neither. */
  readonly files?: boolean;
  readonly commands?: boolean;
}

/** A probe `test:name`. */
export interface TestRun {
  readonly name: string;
  /** Runs it; whether it returned 0 and did not exit with another code. */
  readonly run: () => boolean;
}

export interface ExitRequest {
  readonly code: number;
}

/** Programs that the session runs by itself. */
const SELF_RUN: ReadonlySet<AttachKind> = new Set(['begin', 'end', 'signal', 'test', 'bench', 'iter']);

export class Session {
  readonly query: CompiledQuery;
  readonly readers: readonly MapReader[];
  readonly decode: DecodeContext;
  readonly programs: readonly Program[];
  readonly loadMs: number;
  attachMs = 0;
  /** Attach points that are attached (begin and end counted too). */
  attachedProbes = 0;
  /** Of the probes `bench:name`, once started. */
  benchmarks: readonly Benchmark[] = [];
  /** Probes that could not be attached and that the query does not insist on. */
  readonly warnings: Diagnostic[] = [];
  /** Set by the query's exit(). */
  exitRequest: ExitRequest | null = null;
  /** Called once, from the ring's handler, when the query asks to exit. */
  onExit: (() => void) | null = null;

  readonly #sink: Sink;
  readonly #scope: Scope;
  readonly #links: Scope;
  readonly #handlers: readonly ActionHandler[];
  readonly #ring: RecordSource | null;
  readonly #lost: Counter | null;
  readonly #missedTicks: Counter | null;
  readonly #mapFull: readonly { readonly userMap: number; readonly read: Counter }[];
  readonly #unwind: LoadedQuery['unwind'];
  readonly #kernelNames: () => readonly StackNotice[];
  #lastNotices: readonly StackNotice[] = [];
  #modules: UnloadedModules | null = null;
  readonly #cpus = new ChangingCpus();
  #discard = false;
  #finished = false;

  /** Owns what was loaded, also when this throws. */
  constructor(loaded: LoadedQuery, options: SessionOptions) {
    const { query, maps, programs, scope, loadMs } = loaded;
    try {
      this.query = query;
      this.loadMs = loadMs;
      this.programs = programs;
      this.#scope = scope;
      this.#unwind = loaded.unwind;
      this.#links = new Scope();
      this.#sink = options.sink;
      this.decode = {
        names: options.names(query, maps),
        structs: query.structs,
        truncation: query.config.str_trunc_trailer,
      };
      this.readers = query.userMaps.map((map) => mapReader(map, maps));
      this.#handlers = recordHandlers(query.actions, {
        readers: this.readers,
        sink: options.sink,
        decode: this.decode,
        config: query.config,
        files: options.files ?? false,
        commands: options.commands ?? false,
        exit: (code) => this.#requestExit(code),
      });
      const ringMap = query.ring === null ? undefined : maps[query.ring];
      this.#ring = ringMap === undefined ? null : scope.add(eventsOf(ringMap, loaded.ringBytes));
      // A ring that only holds errors is read when the session is sampled or ends.
      if (this.#ring !== null && query.actions.some(({ action }) => action.kind !== 'runtime-error')) {
        const leave = options.poller.add(this.#ring, (view, offset, length) => this.#handle(view, offset, length));
        scope.defer(leave);
      }
      writeStartTime(query, maps);
      this.#mapFull = (query.mapFull ?? []).flatMap(({ userMap, map, offset, stride }) => {
        const counters = maps[map];
        return counters === undefined ? [] : [{ userMap, read: perCpuCounters(counters, offset, stride) }];
      });
      const lostMap = query.lost === null ? undefined : maps[query.lost.map];
      this.#lost =
        lostMap === undefined || query.lost === null
          ? null
          : perCpuCounters(lostMap, query.lost.offset, query.lost.stride);
      const ticks = query.missedTicks ?? null;
      const tickMap = ticks === null ? undefined : maps[ticks.map];
      this.#missedTicks = ticks === null || tickMap === undefined ? null : counters(tickMap, ticks);
      const { processes } = options;
      const printed = query.actions.flatMap(({ args }) => args.map(({ type }) => type));
      if (processes !== undefined) scope.defer(captureProcesses(this.readers, printed, processes));
      const shown = [...printed, ...this.readers.flatMap(({ map }) => [map.key, map.value])];
      this.#kernelNames = () => kernelNamesNotice(shown, () => processes?.hidesKernel() ?? false);
    } catch (error) {
      scope.close();
      throw error;
    }
  }

  /** Runs begin, then attaches everything else. On failure nothing stays attached or loaded. */
  start(): void {
    const started = performance.now();
    try {
      this.#runAll('begin');
      this.attachedProbes += this.#count('begin');
      const failures: AttachFailure[] = [];
      const places = new KernelPlaces();
      for (const [index, program] of this.programs.entries()) {
        const spec = this.query.programs[index];
        if (spec === undefined || isSelfRun(spec)) continue;
        const keep = (link: Closeable, { name }: ResolvedProbe): void => {
          this.#links.add(link);
          if (link instanceof CpuLinks) this.#cpus.add(link, name);
        };
        const failed = attachProgram(program, spec, keep, places);
        this.attachedProbes += spec.probes.length - failed.length;
        failures.push(...failed);
      }
      this.attachedProbes += this.#count('end');
      this.#report(failures);
      this.#modules = new UnloadedModules(this.query.programs.flatMap(({ probes }) => probes));
      this.#runIterators();
      this.attachedProbes += this.#count('test') + this.#count('bench');
      this.benchmarks = this.#measureAll();
    } catch (error) {
      this.close();
      throw error;
    }
    this.attachMs = performance.now() - started;
  }

  /** Nothing but begin, end and iterators: the query is over once its events are handled. A signal may come at any time. */
  get endsByItself(): boolean {
    return this.query.programs.every(
      (spec) => isSelfRun(spec) && spec.probes.every(({ site }) => site.kind !== 'signal'),
    );
  }

  /** Runs the probes `self:signal:NAME`; false when there are none. */
  raise(signal: string): boolean {
    let found = false;
    for (const { program, site } of this.#sitesOf('signal')) {
      if (site.signal !== signal) continue;
      program.testRun();
      found = true;
    }
    return found;
  }

  /** The probes `test:name`. What they print is handled before `run` returns; what came before them is handled already. */
  *tests(): Generator<TestRun> {
    for (const { program, site } of this.#sitesOf('test')) {
      yield { name: site.name, run: () => this.#runTest(program) };
    }
  }

  /** Handles all waiting events now. */
  drain(): void {
    this.#ring?.drain((view, offset, length) => this.#handle(view, offset, length));
  }

  /**
   * Detaches, handles what is left, runs end. Maps stay readable until close. In the background: leaving a probe costs
   * tens of milliseconds each, in which other queries must go on; what still runs in that time is not seen any more.
   */
  finish({ inBackground = false }: { readonly inBackground?: boolean } = {}): void {
    if (this.#finished) return;
    this.#finished = true;
    if (inBackground) void this.#links.closeInBackground();
    else this.#links.close();
    this.drain();
    this.#discard = false;
    this.#runAll('end');
    this.drain();
    this.#lastNotices = this.#notices();
  }

  #notices(): readonly StackNotice[] {
    return [...(this.#unwind?.notices() ?? []), ...this.#kernelNames()];
  }

  /** Counted since the start. */
  loss(): Loss {
    let missedRuns = 0;
    for (const program of this.programs) missedRuns += Number(program.info().recursionMisses);
    missedRuns += this.#missedTicks?.() ?? 0;
    let mapUpdates = 0;
    for (const { read } of this.#mapFull) mapUpdates += read();
    // Programs are told of every event that is refused; before Linux 5.1 only perf's rings knew.
    const events = Math.max(this.#lost?.() ?? 0, this.#ring?.lost ?? 0);
    return { events, mapUpdates, missedRuns, stacks: 0 };
  }

  /** Kernel modules that were unloaded under their probes. */
  unloadedModules(): readonly UnloadedModule[] {
    return this.#modules?.find() ?? [];
  }

  /** Attaches to CPUs that have come online since; returns what is new to tell. To be called now and then. */
  followCpus(): readonly string[] {
    return this.#finished ? [] : this.#cpus.follow();
  }

  /** All that followCpus has told. */
  get cpuTexts(): readonly string[] {
    return this.#cpus.texts;
  }

  /** Updates refused since the start because a map was full, by user map; only those that lost something. */
  fullMaps(): ReadonlyMap<number, number> {
    const full = new Map<number, number>();
    for (const { userMap, read } of this.#mapFull) {
      const count = read();
      if (count > 0) full.set(userMap, (full.get(userMap) ?? 0) + count);
    }
    return full;
  }

  /** What is known of stacks beside what is in them. */
  stackNotices(): readonly StackNotice[] {
    return this.#finished ? this.#lastNotices : this.#notices();
  }

  close(): void {
    this.#finished = true;
    try {
      this.#links.close();
    } finally {
      this.#scope.close();
    }
  }

  #handle(view: DataView, offset: number, length: number): void {
    const action = view.getUint32(offset, true);
    // What was printed is to be cleared still: it would be printed again at the end.
    if (this.#discard && this.query.actions[action]?.printed !== true) return;
    this.#handlers[action]?.(view, offset, length);
  }

  /** What comes after exit() is discarded, as bpftrace does; only end may still speak, and has the last word on the code. */
  #requestExit(code: number): void {
    const first = this.exitRequest === null;
    this.#discard = true;
    this.exitRequest = { code };
    if (first) this.onExit?.();
  }

  /** The probes of a kind, with their programs. */
  *#sitesOf<K extends AttachKind>(kind: K): Generator<{ readonly program: Program; readonly site: SiteOf<K> }> {
    for (const [index, program] of this.programs.entries()) {
      for (const { site } of this.query.programs[index]?.probes ?? []) {
        if (site.kind === kind) yield { program, site: site as SiteOf<K> };
      }
    }
  }

  #runAll(kind: 'begin' | 'end'): void {
    for (const { program } of this.#sitesOf(kind)) program.testRun();
  }

  /** exit() ends this test only. */
  #runTest(program: Program): boolean {
    this.drain();
    const before = this.exitRequest;
    this.exitRequest = null;
    const { retval } = program.testRun({ data: PACKET });
    this.drain();
    const { code } = (this.exitRequest as ExitRequest | null) ?? { code: 0 };
    this.exitRequest = before;
    this.#discard = before !== null;
    return retval === 0 && code === 0;
  }

  #measureAll(): Benchmark[] {
    return Array.from(this.#sitesOf('bench'), ({ program, site }) => measure(program, site.name));
  }

  #count(kind: AttachKind): number {
    return [...this.#sitesOf(kind)].length;
  }

  #runIterators(): void {
    for (const { program, site } of this.#sitesOf('iter')) {
      const iterator = this.#links.add(Iterator.attach(program, site.target));
      this.attachedProbes++;
      if (site.pin === null) this.#sink.time(new TextDecoder().decode(iterator.run()));
      else this.#sink.time(`Program pinned to ${pinned(iterator, site.pin)}\n`);
    }
  }

  #report(failures: readonly AttachFailure[]): void {
    if (failures.length === 0) return;
    const policy = this.query.config.missing_probes;
    if (policy === 'ignore') return;
    const severity = policy === 'error' ? 'error' : 'warning';
    const diagnostics = failures.map(({ probe, error }) => attachRefusal(this.query, probe, error, severity));
    if (policy === 'error') throw new QueryRefused(diagnostics);
    this.warnings.push(...diagnostics);
  }
}

const eventsOf = (map: BpfMap, bytes: number): RecordSource =>
  map.spec.type === MapType.BPF_MAP_TYPE_RINGBUF ? RingBuffer.open(map) : PerfBuffer.open(map, bytes);

/** Returns the path; one that is not absolute is in the BPF file system. */
function pinned(iterator: Iterator, pin: string): string {
  const path = resolve('/sys/fs/bpf', pin);
  iterator.pin(path);
  return path;
}

type Counter = () => number;

interface Counters {
  readonly offset: number;
  readonly stride: number;
  readonly count: number;
}

/** The sum of counters in the memory of a mmapable array map. */
function counters(map: BpfMap, { offset, stride, count }: Counters): Counter {
  const view = new DataView(map.memory(), offset);
  return () => {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += Number(readUnsigned64(view, index * stride));
    return sum;
  };
}

/** A counter with one copy a CPU. */
const perCpuCounters = (map: BpfMap, offset: number, stride: number): Counter =>
  // By CPU number, which may have gaps; a per-CPU map has none.
  counters(map, { offset, stride, count: possibleCpus() });

/** `elapsed` counts from here. */
function writeStartTime(query: CompiledQuery, maps: readonly BpfMap[]): void {
  const place = query.startTime;
  const map = place === null || place === undefined ? undefined : maps[place.map];
  if (map !== undefined) new DataView(map.memory()).setBigUint64(place?.offset ?? 0, clockNs('boottime'), true);
}

function isSelfRun(spec: ProgramSpec): boolean {
  return spec.probes.every((probe) => SELF_RUN.has(probe.site.kind));
}
