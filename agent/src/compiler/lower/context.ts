/** One program while it is made: its builder, where its variables are, what is known, and where it runs. */
import type { AttachSite, ResolvedProbe } from '../../language/attach.ts';
import type { Span } from '../../language/diagnostic.ts';
import type { HirProbe } from '../../language/hir.ts';
import type { Block, Fn, Operand, Reg, SlotAddress } from '../ir/instruction.ts';
import { Builder } from '../ir/builder.ts';
import { Cache } from './cache.ts';
import type { LocalFacts } from './local-facts.ts';
import type { Memory } from './memory.ts';
import type { Module } from './module.ts';

export interface LoopTargets {
  readonly onBreak: () => void;
  readonly onContinue: () => void;
}

/** A function of the query made in place: where its result goes. */
export interface ReturnTarget {
  readonly end: Block;
  readonly result: Reg;
  readonly to: Memory | null;
}

export type LocalPlace =
  { readonly kind: 'reg'; readonly reg: Reg } | { readonly kind: 'memory'; readonly memory: Memory };

/** Stack kept free of objects, for spilled registers. */
const SPILL_RESERVE = 96;
const STACK = 512;

export class Context {
  readonly module: Module;
  readonly probe: HirProbe;
  readonly site: AttachSite;
  readonly sites: readonly ResolvedProbe[];
  readonly b: Builder;
  readonly cache = new Cache();
  readonly facts: LocalFacts;
  readonly locals = new Map<number, LocalPlace>();
  readonly loops: LoopTargets[] = [];
  /** Where `return` goes; null: it leaves the program. */
  returns: ReturnTarget | null = null;
  /** The program's context, as it came in r1. */
  readonly ctx: Reg;
  readonly commSlot: SlotAddress | null;
  /** Functions that helpers call back, in order of their index - 1. */
  readonly callbacks: Fn[] = [];
  private scratch: { readonly base: Reg; used: number } | null = null;

  constructor(module: Module, probe: HirProbe, sites: readonly ResolvedProbe[], name: string, facts: LocalFacts) {
    const first = sites[0];
    if (first === undefined) throw new Error('a program without attach points');
    this.module = module;
    this.probe = probe;
    this.sites = sites;
    this.site = first.site;
    this.b = new Builder(name, 1);
    this.facts = facts;
    const ctx = this.b.fn.params[0];
    if (ctx === undefined) throw new Error('a program takes its context');
    this.ctx = ctx;
    // Read once where the text uses it more than once: its place must outlive every scope.
    this.commSlot = facts.builtinUses('comm') > 1 ? this.b.slot(16) : null;
  }

  at<T>(span: Span, make: () => T): T {
    const before = this.b.span;
    this.b.span = span;
    const result = make();
    this.b.span = before;
    return result;
  }

  /** What the kernel wants back. Tracepoint programs that return 0 would hide the event from perf. */
  get exitValue(): bigint {
    return this.site.kind === 'tracepoint' ? 1n : 0n;
  }

  leave(): void {
    this.b.ret(this.exitValue);
  }

  /**
   * Whether nothing of this query can run on this CPU between two instructions of this program: the kernel lets only
   * one program of these kinds run at a time on a CPU. Elsewhere counters need atomic instructions.
   */
  get isExclusive(): boolean {
    const kind = this.site.kind;
    return (
      kind === 'tracepoint' ||
      kind === 'kprobe' ||
      kind === 'profile' ||
      kind === 'interval' ||
      kind === 'begin' ||
      kind === 'software' ||
      kind === 'hardware' ||
      kind === 'watchpoint'
    );
  }

  /** Memory for an object until the scope ends: on the stack, else in this program's per-CPU scratch memory. */
  temporary(size: number): Memory {
    const room = STACK - SPILL_RESERVE - this.b.stackUsed;
    if (size <= 256 && size <= room) return { space: 'bpf', base: this.b.slot(size), offset: 0 };
    return this.inScratch(size);
  }

  private inScratch(size: number): Memory {
    this.scratch ??= { base: this.scratchBase(), used: 0 };
    const offset = this.scratch.used;
    this.scratch.used += (size + 7) & ~7;
    this.module.needScratch(this.scratch.used);
    return { space: 'bpf', base: this.scratch.base, offset };
  }

  /** Looked up at the program's start, where every use comes after. */
  private scratchBase(): Reg {
    const { map, index } = this.module.scratchElement();
    return this.b.atEntry(() => {
      const key = this.b.slot(4);
      this.b.store(4, key, 0, BigInt(index));
      const base = this.b.call('map_lookup_elem', { kind: 'map', map, use: 'fd', offset: 0 }, key);
      const missing = this.b.newBlock(true);
      const found = this.b.newBlock(false);
      this.b.branch('jeq', base, 0n, missing, found);
      this.b.place(missing);
      this.leave();
      this.b.place(found);
      return base;
    });
  }

  /** Address of this CPU's block of aggregates and counters. */
  perCpu(): Reg {
    return this.cache.reg('percpu', () => {
      const { perCpu, data } = this.module.storage;
      const start: Operand = { kind: 'map', map: data, use: 'value', offset: perCpu.start };
      if (perCpu.mask === 0) return this.b.mov(start);
      const cpu = this.b.call('get_smp_processor_id');
      const index = this.b.alu('and', cpu, BigInt(perCpu.mask));
      const offset = this.b.alu('lsh', index, BigInt(Math.log2(perCpu.stride)));
      return this.b.inReg(this.b.alu('add', this.b.mov(start), offset));
    });
  }
}
