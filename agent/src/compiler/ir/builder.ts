/** Makes IR: appends to a current block, folds what is constant, and hands out stack space by scope. */
import type { AtomicOp, Condition, Size, Width } from '@bpfscope/native/asm';
import type { Span } from '../../language/diagnostic.ts';
import { foldAlu } from './fold.ts';
import type { Base, BinaryOp, Block, Fn, Insn, Operand, Reg, SlotAddress, UnaryOp, Value } from './instruction.ts';

/** Bytes for the context and the flags of functions that are called back. */
const KEPT_LIMIT = 64;

export class Builder {
  readonly fn: Fn;
  /** Where the code being made comes from. */
  span: Span = { start: 0, end: 0 };
  private current: Block;
  private blockIds = 0;
  /** Bytes of stack in use now. */
  private used = 0;
  /** Bytes of the reserved part in use; only programs with functions that are called back have one. */
  private kept = 0;
  private keptFrom: number | null = null;
  private cold = false;

  constructor(name: string, params: number) {
    const fn: Fn = { name, params: [], blocks: [], frame: 0, regs: 0 };
    this.fn = fn;
    const regs = Array.from({ length: params }, () => this.reg());
    this.fn = { ...fn, params: regs, regs: fn.regs };
    this.current = this.newBlock();
    this.place(this.current);
  }

  // ---- registers, blocks and stack -----------------------------------------------------------------------------

  reg(): Reg {
    return { kind: 'reg', id: this.fn.regs++ };
  }

  newBlock(cold = this.cold): Block {
    return { id: this.blockIds++, cold, insns: [], end: null };
  }

  /** Continue in this block; the one before falls through to it when it is still open. */
  place(block: Block): void {
    const before = this.fn.blocks.at(-1);
    if (before !== undefined && this.current.end === null)
      this.current.end = { op: 'jump', to: block, span: this.span };
    this.fn.blocks.push(block);
    this.current = block;
  }

  /** Code that rarely runs: all blocks made inside are laid out after the rest. */
  unlikely<T>(make: () => T): T {
    const before = this.cold;
    this.cold = true;
    const result = make();
    this.cold = before;
    return result;
  }

  /** Sets aside stack for `keptSlot`. */
  reserveKept(): void {
    this.keptFrom = this.used;
    this.used += KEPT_LIMIT;
    this.fn.frame = Math.max(this.fn.frame, this.used);
  }

  get isOpen(): boolean {
    return this.current.end === null;
  }

  /** Stack space for what `make` makes; given back after. */
  scope<T>(make: () => T): T {
    const used = this.used;
    const result = make();
    this.used = used;
    return result;
  }

  /** Address of `size` bytes of stack, valid until the scope ends; multiple of 8. */
  slot(size: number): SlotAddress {
    this.used += (size + 7) & ~7;
    this.fn.frame = Math.max(this.fn.frame, this.used);
    return { kind: 'slot-address', offset: -this.used };
  }

  /** Stack space that is never given back, of the reserved part. */
  keptSlot(size: number): SlotAddress {
    this.kept += (size + 7) & ~7;
    if (this.keptFrom === null || this.kept > KEPT_LIMIT) throw new Error('no room for places that are kept');
    return { kind: 'slot-address', offset: -this.keptFrom - this.kept };
  }

  get stackUsed(): number {
    return this.used;
  }

  /**
   * Makes code that runs at the function's start, before anything made so far. The stack it takes stays taken.
   * What `make` places last is where the rest goes on.
   */
  atEntry<T>(make: () => T): T {
    const rest = this.fn.blocks;
    const { current, cold } = this;
    this.fn.blocks = [];
    this.cold = false;
    const first = this.newBlock();
    this.current = first;
    this.fn.blocks.push(first);
    const result = make();
    const next = rest[0];
    if (next !== undefined) this.jump(next);
    this.fn.blocks.push(...rest);
    this.current = current;
    this.cold = cold;
    return result;
  }

  // ---- instructions ---------------------------------------------------------------------------------------------

  private push(i: Insn): void {
    if (this.current.end === null) this.current.insns.push(i);
  }

  mov(src: Operand): Reg {
    const dst = this.reg();
    this.assign(dst, src);
    return dst;
  }

  assign(dst: Reg, src: Operand): void {
    this.push({ op: 'mov', dst, src, span: this.span });
  }

  alu(fn: BinaryOp, left: Value, right: Value, width: Width = 64): Value {
    const folded = foldAlu(fn, left, right, width);
    if (folded !== null) return folded;
    const dst = this.reg();
    this.push({ op: 'alu', fn, width, dst, left, right, span: this.span });
    return dst;
  }

  unary(fn: UnaryOp, src: Value): Value {
    if (fn === 'neg' && typeof src === 'bigint') return BigInt.asIntN(64, -src);
    const dst = this.reg();
    this.push({ op: 'unary', fn, dst, src: this.inReg(src), span: this.span });
    return dst;
  }

  load(size: Size, base: Base, offset: number): Reg {
    const dst = this.reg();
    this.push({ op: 'load', dst, size, base, offset, span: this.span });
    return dst;
  }

  store(size: Size, base: Base, offset: number, src: Value): void {
    this.push({ op: 'store', size, base, offset, src, span: this.span });
  }

  atomic(fn: AtomicOp, size: 4 | 8, base: Base, offset: number, src: Value): void {
    this.push({ op: 'atomic', fn, dst: null, size, base, offset, src: this.inReg(src), span: this.span });
  }

  atomicFetch(fn: AtomicOp, size: 4 | 8, base: Base, offset: number, src: Value): Reg {
    const dst = this.reg();
    this.push({ op: 'atomic', fn, dst, size, base, offset, src: this.inReg(src), span: this.span });
    return dst;
  }

  call(helper: string, ...args: Operand[]): Reg {
    const dst = this.reg();
    this.push({ op: 'call', dst, helper, args, span: this.span });
    return dst;
  }

  /** A kernel function by its name and BTF id. */
  callKernelFunction(name: string, kfunc: number, ...args: Operand[]): Reg {
    const dst = this.reg();
    this.push({ op: 'call', dst, helper: name, kfunc, args, span: this.span });
    return dst;
  }

  inReg(v: Operand): Reg {
    return typeof v === 'object' && v.kind === 'reg' ? v : this.mov(v);
  }

  // ---- control flow ---------------------------------------------------------------------------------------------

  jump(to: Block): void {
    if (this.current.end === null) this.current.end = { op: 'jump', to, span: this.span };
  }

  branch(cond: Condition, left: Value, right: Value, then: Block, otherwise: Block, width: Width = 64): void {
    if (this.current.end !== null) return;
    this.current.end = { op: 'branch', cond, width, left, right, then, else: otherwise, span: this.span };
  }

  ret(value: Value): void {
    if (this.current.end === null) this.current.end = { op: 'return', value, span: this.span };
  }
}
