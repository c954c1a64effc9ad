/** What all programs of a query share while they are made: maps, constants, actions. */
import { BPF_F_MMAPABLE, BPF_F_RDONLY_PROG, MapType } from '@bpfscope/native/uapi';
import { unwindMapSpecs, type UnwindMap } from '@bpfscope/native/unwind/walk';
import type { AttachKind } from '../../language/attach.ts';
import type { Action } from '../../language/action.ts';
import type { Diagnostics, Span } from '../../language/diagnostic.ts';
import type { HirExpr, HirMap, HirProgram } from '../../language/hir.ts';
import { alignUp, offsetsOf, sizeOf } from '../../language/layout.ts';
import type { Target } from '../../language/target.ts';
import { stringBytes } from '../../language/string-bytes.ts';
import type { Builder } from '../ir/builder.ts';
import type { MapAddress, Reg } from '../ir/instruction.ts';
import type { ActionLayout, CompiledQuery, MapSpec } from '../program.ts';
import { clearedMaps, clearsOfPrinted, observedMaps } from '../map-uses.ts';
import { arraySpec, type StoragePlan } from '../storage.ts';
import { someExpression } from './walk.ts';

/** Bytes of record header: u32 action, u32 flags. */
export const RECORD_HEADER = 8;

/** The kernel lets only one program of these kinds run at a time on a CPU (bpf_prog_active); begin and end run alone. */
const EXCLUSIVE: ReadonlySet<AttachKind> = new Set<AttachKind>([
  'tracepoint',
  'kprobe',
  'profile',
  'interval',
  'software',
  'hardware',
  'watchpoint',
  'begin',
  'end',
]);

export class Module {
  readonly hir: HirProgram;
  readonly target: Target;
  readonly storage: StoragePlan;
  readonly diagnostics: Diagnostics;
  readonly specs: (MapSpec | null)[];
  readonly actions: Action[];
  /**
   * No two programs of this query ever run on a CPU at the same time, one interrupting the other, so that counters need
   * no atomic instructions.
   */
  readonly isExclusive: boolean;
  /** Some `len()` is of a stack that was kept: ids carry the number of frames. */
  readonly keepsStackLengths: boolean;
  readonly stackMaps: { map: number; depth: number; user: boolean; unwound?: true }[] = [];
  /** Maps that user stacks are walked by; null: none are. */
  unwind: Readonly<Record<UnwindMap, number>> | null = null;
  /** Functions of attach points that programs name, see `siteNumber`. */
  readonly siteNames: string[] = [];
  ring: number | null = null;
  private constants: number[] = [];
  private readonly literals = new Map<string, number>();
  /** Actions of run-time errors by place and words. */
  private readonly errors = new Map<string, number>();
  private constantsMap: number | null = null;
  private zeros = 0;
  private scratchMap: number | null = null;
  private scratchSize = 0;
  private scratchPrograms = 0;

  /** Maps whose counters user space sets to zero while programs run. */
  private readonly taken: ReadonlySet<number>;

  constructor(hir: HirProgram, target: Target, storage: StoragePlan, diagnostics: Diagnostics) {
    this.hir = hir;
    this.target = target;
    this.storage = storage;
    this.diagnostics = diagnostics;
    this.specs = [...storage.specs];
    this.actions = [...hir.actions];
    this.keepsStackLengths = hir.probes.some((p) =>
      someExpression(p.body, (e) => e.kind === 'call' && e.name === 'len' && e.args.some(carriesLength)),
    );
    const cleared = clearedMaps(hir);
    this.taken = new Set(cleared.size === 0 ? [] : [...observedMaps(hir)].filter((map) => cleared.has(map)));
    this.isExclusive = hir.probes.every((p) => p.probes.every(({ site }) => EXCLUSIVE.has(site.kind)));
  }

  isTaken({ index }: HirMap): boolean {
    return this.taken.has(index);
  }

  /** Appends a kernel map whose spec comes later. */
  private reserve(): number {
    this.specs.push(null);
    return this.specs.length - 1;
  }

  // ---- constants: one frozen array map ---------------------------------------------------------------------------

  /** Address of these bytes, 8-byte aligned, in read-only memory. */
  constant(bytes: Uint8Array): MapAddress {
    const key = bytes.join();
    let offset = this.literals.get(key);
    if (offset === undefined) {
      offset = alignUp(this.constants.length, 8);
      while (this.constants.length < offset) this.constants.push(0);
      for (const byte of bytes) this.constants.push(byte);
      this.literals.set(key, offset);
    }
    this.constantsMap ??= this.reserve();
    return { kind: 'map', map: this.constantsMap, use: 'value', offset };
  }

  /** Address of `size` zero bytes. */
  zero(size: number): MapAddress {
    this.zeros = Math.max(this.zeros, size);
    this.zeroMap ??= this.reserve();
    return { kind: 'map', map: this.zeroMap, use: 'value', offset: 0 };
  }
  private zeroMap: number | null = null;

  // ---- scratch: per-CPU memory for what the stack cannot hold ----------------------------------------------------

  /** A program's own element of the scratch map: programs that interrupt each other do not share it. */
  scratchElement(): { readonly map: number; readonly index: number } {
    this.scratchMap ??= this.reserve();
    return { map: this.scratchMap, index: this.scratchPrograms++ };
  }

  needScratch(size: number): void {
    this.scratchSize = Math.max(this.scratchSize, size);
  }

  // ---- start time ------------------------------------------------------------------------------------------------

  /** CLOCK_BOOTTIME of the start, which the loader writes before it attaches. */
  startTime(b: Builder): Reg {
    this.startMap ??= this.reserve();
    return b.load(8, b.mov({ kind: 'map', map: this.startMap, use: 'value', offset: 0 }), 0);
  }
  private startMap: number | null = null;

  get start(): number | null {
    return this.startMap;
  }

  // ---- ticks of intervals ----------------------------------------------------------------------------------------

  /** Where an interval keeps its TICK_BYTES: u64 time of its last tick, u64 ticks that were missed. */
  tick(): MapAddress {
    this.tickMap ??= this.reserve();
    return { kind: 'map', map: this.tickMap, use: 'value', offset: TICK_BYTES * this.ticks++ };
  }
  private tickMap: number | null = null;
  private ticks = 0;

  get missedTicks(): CompiledQuery['missedTicks'] {
    return this.tickMap === null ? null : { map: this.tickMap, offset: 8, stride: TICK_BYTES, count: this.ticks };
  }

  // ---- events ----------------------------------------------------------------------------------------------------

  useRing(): number {
    this.ring ??= this.reserve();
    return this.ring;
  }

  /** What stands for the function of an attach point in values, from 1. */
  siteNumber(name: string): number {
    const known = this.siteNames.indexOf(name);
    return known >= 0 ? known + 1 : this.siteNames.push(name);
  }

  addAction(action: Action): number {
    this.actions.push(action);
    return this.actions.length - 1;
  }

  runtimeError(message: string, span: Span, helper?: string): number {
    const key = `${span.start} ${span.end} ${helper ?? ''} ${message}`;
    let known = this.errors.get(key);
    if (known === undefined) {
      known = this.addAction({ kind: 'runtime-error', message, span, ...(helper === undefined ? {} : { helper }) });
      this.errors.set(key, known);
    }
    return known;
  }

  stackMap(depth: number, user: boolean): number {
    const known = this.stackMaps.find((s) => s.depth === depth && s.user === user && s.unwound !== true);
    if (known !== undefined) return known.map;
    const map = this.specs.length;
    this.specs.push({
      name: user ? 'ustacks' : 'kstacks',
      type: MapType.BPF_MAP_TYPE_STACK_TRACE,
      keySize: 4,
      valueSize: depth * 8,
      maxEntries: STACK_ENTRIES,
      flags: 0,
      contents: null,
      frozen: false,
    });
    this.stackMaps.push({ map, depth, user });
    return map;
  }

  /** Stacks that our own programs walk: a hash and the frames, by number. */
  unwoundStacks(depth: number): number {
    const known = this.stackMaps.find((s) => s.depth === depth && s.unwound === true);
    if (known !== undefined) return known.map;
    const map = this.specs.length;
    this.specs.push({
      name: 'dw_ustacks',
      type: MapType.BPF_MAP_TYPE_HASH,
      keySize: 4,
      valueSize: 8 + depth * 8,
      maxEntries: STACK_ENTRIES,
      flags: 0,
      contents: null,
      frozen: false,
    });
    this.stackMaps.push({ map, depth, user: true, unwound: true });
    return map;
  }

  unwindMaps(): Readonly<Record<UnwindMap, number>> {
    if (this.unwind === null) {
      const specs = unwindMapSpecs();
      const add = (name: UnwindMap): number => this.specs.push(specs[name]) - 1;
      this.unwind = {
        processes: add('processes'),
        mappings: add('mappings'),
        rows: add('rows'),
        rules: add('rules'),
        stack: add('stack'),
      };
    }
    return this.unwind;
  }

  // ---- result ----------------------------------------------------------------------------------------------------

  /** All kernel maps, complete. `ringBytes`: a power of two of pages. */
  mapSpecs(ringBytes: number): MapSpec[] {
    const set = (index: number | null, spec: MapSpec): void => {
      if (index !== null) this.specs[index] = spec;
    };
    set(this.constantsMap, {
      ...arraySpec('constants', Math.max(8, this.constants.length), BPF_F_RDONLY_PROG),
      contents: Uint8Array.from(this.constants),
      frozen: true,
    });
    set(this.zeroMap, { ...arraySpec('zeros', Math.max(8, alignUp(this.zeros, 8)), BPF_F_RDONLY_PROG), frozen: true });
    set(this.startMap, arraySpec('start', 8, BPF_F_MMAPABLE));
    set(this.tickMap, arraySpec('ticks', TICK_BYTES * this.ticks, BPF_F_MMAPABLE));
    set(this.scratchMap, {
      ...arraySpec('scratch', Math.max(8, alignUp(this.scratchSize, 8)), 0),
      type: MapType.BPF_MAP_TYPE_PERCPU_ARRAY,
      maxEntries: Math.max(1, this.scratchPrograms),
    });
    set(this.ring, this.ringSpec(ringBytes));
    return this.specs.map((s, n) => {
      if (s === null) throw new Error(`kernel map ${n} was reserved and never made`);
      return s;
    });
  }

  private ringSpec(bytes: number): MapSpec {
    return this.target.has('ringbuf')
      ? { ...arraySpec('ring', 0, 0), type: MapType.BPF_MAP_TYPE_RINGBUF, keySize: 0, maxEntries: bytes }
      : {
          ...arraySpec('events', 4, 0),
          type: MapType.BPF_MAP_TYPE_PERF_EVENT_ARRAY,
          maxEntries: this.target.possibleCpus,
        };
  }

  layouts(): ActionLayout[] {
    const printed = clearsOfPrinted(this.hir);
    return this.actions.map((action, index) =>
      printed.has(index) ? { ...actionLayout(action), printed: true } : actionLayout(action),
    );
  }
}

const STACK_ENTRIES = 16384;
const TICK_BYTES = 16;

/** Whether the length of a stack comes with its id; the kernel is asked for that of one which is taken at the place. */
const carriesLength = (e: HirExpr): boolean => e.kind !== 'builtin' || e.name === 'dw_ustack';

/** The record of an action; the same everywhere it is emitted. */
export function actionLayout(action: Action): ActionLayout {
  const types = action.kind === 'runtime-error' ? [CODE] : 'args' in action ? action.args : [];
  const args = offsetsOf([HEADER, ...types]).slice(1);
  const last = types.at(-1);
  const end = last === undefined ? RECORD_HEADER : (args.at(-1) ?? 0) + sizeOf(last);
  return { action, args: types.map((type, n) => ({ type, offset: args[n] ?? 0 })), size: alignUp(end, 8) };
}

const CODE = { kind: 'int', size: 8, signed: true } as const;
const HEADER = { kind: 'int', size: 8, signed: false } as const;

/** A string literal as it lies in memory: cut to size with a NUL, padded with zeros. */
export function literalBytes(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(stringBytes(text).subarray(0, Math.max(0, size - 1)));
  return bytes;
}
