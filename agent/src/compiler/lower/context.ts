/** One program while it is made: its builder, where its variables are, what is known, and where it runs. */
import { lackOf } from '../../language/tables/features.ts';
import type { AttachSite, ResolvedProbe } from '../../language/attach.ts';
import type { Span } from '../../language/diagnostic.ts';
import type { HirProbe } from '../../language/hir.ts';
import type { Base, Block, Fn, FunctionAddress, Operand, Reg, SlotAddress, Value } from '../ir/instruction.ts';
import { Builder } from '../ir/builder.ts';
import { Cache } from './cache.ts';
import type { SyscallDispatch } from '../syscall-dispatch.ts';
import type { LocalFacts } from './local-facts.ts';
import type { Memory } from './memory.ts';
import type { Module } from './module.ts';
import { syscallSite } from './syscall-filter.ts';

export interface LoopTargets {
  readonly onBreak: () => void;
  readonly onContinue: () => void;
}

/** A function of the query made in place: where its result goes. */
export interface ReturnTarget {
  readonly end: Block;
  readonly result: Reg;
  readonly to: Memory | null;
  /** Where a function that is called back leaves the result, in the program's frame; null: none does. */
  kept: SlotAddress | null;
}

export type LocalPlace =
  { readonly kind: 'reg'; readonly reg: Reg } | { readonly kind: 'memory'; readonly memory: Memory };

/** What is made: a program, or a function called back by one. */
export interface Made {
  readonly name: string;
  readonly params: number;
  readonly parent: Context | null;
}

const STOPPED = 1n;
const LEFT = 2n;

interface Scratch {
  readonly map: number;
  readonly index: number;
  used: number;
}

/** Objects larger than this are not on the stack, however much room there is. */
const LARGEST_ON_STACK = 256;
const LARGEST_IN_CALLBACK = 64;
/** Stack kept free of objects, for spilled registers. */
const SPILL_RESERVE = 96;
const STACK = 512;

/** So many places find this CPU's block for themselves, most of them on ways that are hardly taken; more share one search. */
const FEW_BLOCKS = 16;

const ROOT_FRAME: SlotAddress = { kind: 'slot-address', offset: 0 };

/** In every struct bpf_iter__*: the object, behind `meta`. */
const ITERATED = 8;

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
  readonly commSlot: SlotAddress | null;
  /** Functions that helpers call back, in order of their index - 1; kept by the program's own context. */
  readonly callbacks: Fn[] = [];
  /** The program stands for tracepoints of many system calls; kept by the program's own context. */
  syscalls: SyscallDispatch | null = null;
  /** The program walks user stacks itself; kept by the program's own context. */
  unwinds = false;
  /** The program itself; its own context for a program. */
  readonly root: Context;
  /** In a function that is called back: the program's r10. What both use lives in the program's frame. */
  readonly frame: Reg | null;
  private readonly parent: Context | null;
  private siteCookies: readonly bigint[] | null = null;
  private readonly pointers = new Map<number, Reg>();
  private base: Reg | null = null;
  private baseSlot: SlotAddress | null = null;
  private scratch: Scratch | null = null;
  private ctxSlot: SlotAddress | null = null;
  private ownBlock: Reg | null = null;
  private blocksFound = 0;
  /** In a function that is called back: STOPPED or LEFT once it ended the loop. */
  private flag: SlotAddress | null = null;

  constructor(module: Module, probe: HirProbe, sites: readonly ResolvedProbe[], facts: LocalFacts, made: Made) {
    const first = sites[0];
    if (first === undefined) throw new Error('a program without attach points');
    this.module = module;
    this.probe = probe;
    this.sites = sites;
    this.site = first.site;
    this.facts = facts;
    this.b = new Builder(made.name, made.params);
    this.parent = made.parent;
    this.root = made.parent?.root ?? this;
    const frame = this.b.fn.params[made.params - 1];
    if (frame === undefined) throw new Error('a function takes at least one argument');
    this.frame = made.parent === null ? null : frame;
    // Read once where the text uses it more than once: its place must outlive every scope.
    this.commSlot = made.parent === null && facts.builtinUses('comm') > 1 ? this.b.slot(16) : null;
    // Of a body that asks nothing of the object, too, the last call is none.
    if (made.parent === null && this.site.kind === 'iter') this.iterated(ITERATED);
  }

  /** A function that a helper calls back, with the program's frame as its last argument. */
  callback(params: number): Context {
    const { root } = this;
    const name = `${root.b.fn.name}_${root.callbacks.length + 1}`;
    const made = { name, params, parent: this };
    const inner = new Context(this.module, this.probe, this.sites, this.facts, made);
    inner.b.span = this.b.span;
    root.callbacks.push(inner.b.fn);
    return inner;
  }

  /** This function, as helpers take the one that they call back; of a program, the program. */
  get functionAddress(): FunctionAddress {
    return { kind: 'function', index: this.root.callbacks.indexOf(this.b.fn) + 1 };
  }

  /** The program's frame, which functions that are called back get as their last argument. */
  get frameAddress(): Operand {
    return this.frame ?? ROOT_FRAME;
  }

  /** The program's context: r1 as it came, or kept in the program's frame for functions that are called back. */
  get ctx(): Reg {
    const { frame, root } = this;
    const own = this.b.fn.params[0];
    if (frame === null && own !== undefined) return own;
    root.ctxSlot ??= root.ctxPlace();
    const at = this.inFrame(root.ctxSlot);
    return this.cache.reg('ctx', () => this.b.load(8, at.base as Base, at.offset));
  }

  /** Stored at the program's start, in a place that is never given back. */
  private ctxPlace(): SlotAddress {
    const slot = this.b.keptSlot(8);
    const own = this.b.fn.params[0];
    if (own !== undefined) this.b.atEntry(() => this.b.store(8, slot, 0, own));
    return slot;
  }

  /** A place of the program's frame, as this function sees it. */
  inFrame(slot: SlotAddress): Memory {
    if (this.frame === null) return { space: 'bpf', base: slot, offset: 0 };
    return { space: 'bpf', base: this.frame, offset: slot.offset };
  }

  /** An object of the program as this function sees it. */
  seen(memory: Memory): Memory {
    const { base } = memory;
    if (this.frame === null) return memory;
    if (base.kind === 'slot-address') return { ...memory, base: this.frame, offset: base.offset + memory.offset };
    return base === this.root.base ? { ...memory, base: this.scratchBase() } : memory;
  }

  at<T>(span: Span, make: () => T): T {
    const before = this.b.span;
    this.b.span = span;
    const result = make();
    this.b.span = before;
    return result;
  }

  /** Whether this kernel has a feature; says what is missing when it has not. `hint`: another way out. */
  needs(feature: string, what: string, hint?: string): boolean {
    const { target, diagnostics } = this.module;
    const lack = lackOf(target, feature);
    if (lack === null) return true;
    diagnostics.error('needs-feature', this.b.span, `${what} needs ${lack.words}.`, hint ?? lack.mend);
    return false;
  }

  /** Which of the program's sites this is, as its function's number (Module.siteNumber). Several sites: Linux 5.15. */
  siteNumber(nameOf: (site: AttachSite) => string): Value {
    const numbers = this.sites.map(({ site }) => BigInt(this.module.siteNumber(nameOf(site))));
    const [first = 0n] = numbers;
    if (numbers.every((number) => number === first)) return first;
    this.needs('helper:bpf_get_attach_cookie', 'func of several uprobes');
    return this.b.alu('and', this.cookie(numbers), -1n, 32);
  }

  /** Which of the program's sites this is, in their order. Several sites: Linux 5.15. */
  siteIndex(): Value {
    if (this.sites.length === 1) return 0n;
    if (this.root.syscalls !== null) return syscallSite(this, this.root.syscalls);
    this.needs('helper:bpf_get_attach_cookie', 'probe of several places');
    return this.b.alu('rsh', this.cookie(this.sites.map((_, n) => BigInt(n) << 32n)), 32n);
  }

  /** The site's cookie: its function's number in the low half, its index in the high one, each when it is asked for. */
  private cookie(bits: readonly bigint[]): Reg {
    const { root } = this;
    root.siteCookies = bits.map((own, n) => own | (root.siteCookies?.[n] ?? 0n));
    return this.cache.reg('cookie', () => this.b.call('get_attach_cookie', this.ctx));
  }

  /** One for each site, when the program asks which one it is at. */
  get cookies(): readonly bigint[] | null {
    return this.siteCookies;
  }

  /** What the kernel wants back. Tracepoint programs that return 0 would hide the event from perf. */
  get exitValue(): bigint {
    return this.site.kind === 'tracepoint' ? 1n : 0n;
  }

  leave(): void {
    if (this.frame === null) return this.b.ret(this.exitValue);
    this.endLoop(LEFT);
  }

  /** In a function that is called back: where `return` of the function of the query around it goes. */
  get outerReturns(): ReturnTarget | null {
    for (let outer = this.parent; outer !== null; outer = outer.parent) {
      if (outer.returns !== null) return outer.returns;
    }
    return null;
  }

  /** Whether a function that is called back has a way to the object of another one. */
  canSee({ base }: Memory): boolean {
    if (base.kind === 'map') return true;
    return this.parent === this.root && (base.kind === 'slot-address' || base === this.root.base);
  }

  /** `break` in a function that is called back. */
  stop(): void {
    this.endLoop(STOPPED);
  }

  private endLoop(how: bigint): void {
    this.flag ??= this.root.b.slot(8);
    const at = this.inFrame(this.flag);
    this.b.store(8, at.base as Base, at.offset, how);
    this.b.ret(1n);
  }

  /**
   * Around the helper's `call` that calls `inner` back: goes on leaving when that left. The verifier looks at a turn after
   * the last one too: a function that ended its loop must then change nothing, or the verifier finds no end.
   */
  whileCalling(inner: Context, call: () => void): void {
    const { flag } = inner;
    if (flag === null) return call();
    inner.unlessEnded(flag);
    const { b } = this;
    const at = this.inFrame(flag);
    b.store(8, at.base as Base, at.offset, 0n);
    const { returns } = this;
    const kept = returns === null || returns.kept === null ? null : this.inFrame(returns.kept);
    if (kept !== null) b.store(8, kept.base as Base, kept.offset, 0n);
    call();
    const left = b.newBlock(true);
    const stayed = b.newBlock();
    b.branch('jeq', b.load(8, at.base as Base, at.offset), LEFT, left, stayed);
    b.place(left);
    if (returns === null) this.leave();
    else {
      if (kept !== null) b.assign(returns.result, b.load(8, kept.base as Base, kept.offset));
      b.jump(returns.end);
    }
    b.place(stayed);
  }

  private unlessEnded(flag: SlotAddress): void {
    const { b } = this;
    b.atEntry(() => {
      const at = this.inFrame(flag);
      const ended = b.newBlock(true);
      const go = b.newBlock(false);
      b.branch('jne', b.load(8, at.base as Base, at.offset), 0n, ended, go);
      b.place(ended);
      b.ret(1n);
      b.place(go);
    });
  }

  /** Memory for an object until the scope ends: on the stack, else in this program's per-CPU scratch memory. */
  temporary(size: number): Memory {
    const limit = this.frame === null ? LARGEST_ON_STACK : LARGEST_IN_CALLBACK;
    const room = STACK - SPILL_RESERVE - this.b.stackUsed - (this.frame === null ? 0 : this.root.b.stackUsed);
    if (size <= limit && size <= room) return { space: 'bpf', base: this.b.slot(size), offset: 0 };
    return this.scratchMemory(this.scratchSpace(size));
  }

  /** Bytes of the program's scratch memory, kept; the offset is the same for functions that are called back. */
  scratchSpace(size: number): number {
    const scratch = this.sharedScratch();
    const offset = scratch.used;
    scratch.used += (size + 7) & ~7;
    this.module.needScratch(scratch.used);
    return offset;
  }

  scratchMemory(offset: number): Memory {
    return { space: 'bpf', base: this.scratchBase(), offset };
  }

  private sharedScratch(): Scratch {
    const { root } = this;
    root.scratch ??= { ...this.module.scratchElement(), used: 0 };
    return root.scratch;
  }

  /** Found at the function's start, where every use comes after: looked up, or in a loop's function kept in the frame. */
  private scratchBase(): Reg {
    const isKept = this.frame !== null && this.facts.hasCallbacks;
    this.base ??= isKept ? this.loadScratch() : this.lookUpScratch();
    return this.base;
  }

  private lookUpScratch(): Reg {
    const { map, index } = this.sharedScratch();
    return this.b.atEntry(() => {
      const key = this.b.slot(4);
      this.b.store(4, key, 0, BigInt(index));
      const base = this.b.call('map_lookup_elem', { kind: 'map', map, use: 'fd', offset: 0 }, key);
      const missing = this.b.newBlock(true);
      const found = this.b.newBlock(false);
      this.b.branch('jeq', base, 0n, missing, found);
      this.b.place(missing);
      this.b.ret(this.frame === null ? this.exitValue : 1n);
      this.b.place(found);
      if (this.frame === null && this.facts.hasCallbacks) {
        this.baseSlot = this.b.keptSlot(8);
        this.b.store(8, this.baseSlot, 0, base);
      }
      return base;
    });
  }

  private loadScratch(): Reg {
    const { root } = this;
    root.scratchBase();
    if (root.baseSlot === null) throw new Error('the frame does not keep the scratch memory');
    const at = this.inFrame(root.baseSlot);
    return this.b.atEntry(() => this.b.load(8, at.base as Base, at.offset));
  }

  /** A pointer of an iterator's context. It is null in the last call, which has nothing to show: the program ends. */
  iterated(offset: number): Reg {
    const known = this.pointers.get(offset);
    if (known !== undefined) return known;
    const made = this.b.atEntry(() => {
      const pointer = this.b.load(8, this.ctx, offset);
      const end = this.b.newBlock(true);
      const go = this.b.newBlock(false);
      this.b.branch('jeq', pointer, 0n, end, go);
      this.b.place(end);
      this.b.ret(this.frame === null ? this.exitValue : 1n);
      this.b.place(go);
      return pointer;
    });
    this.pointers.set(offset, made);
    return made;
  }

  /** Address of this CPU's block of aggregates and counters. */
  perCpu(): Reg {
    if (this.ownBlock !== null) return this.ownBlock;
    return this.cache.reg('percpu', () => {
      if (++this.blocksFound <= FEW_BLOCKS) return this.findBlock();
      return (this.ownBlock = this.b.atEntry(() => this.findBlock()));
    });
  }

  private findBlock(): Reg {
    const { b } = this;
    const { perCpu, data } = this.module.storage;
    const start: Operand = { kind: 'map', map: data, use: 'value', offset: perCpu.start };
    if (perCpu.mask === 0) return b.mov(start);
    const cpu = b.call('get_smp_processor_id');
    const index = b.alu('and', cpu, BigInt(perCpu.mask));
    const offset = b.alu('lsh', index, BigInt(Math.log2(perCpu.stride)));
    return b.inReg(b.alu('add', b.mov(start), offset));
  }
}
