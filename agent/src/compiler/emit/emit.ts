/** Allocated IR to instructions: two-address forms, argument registers, fall-through, spans and map references by item. */
import {
  aluImm,
  aluReg,
  atomic,
  call,
  callKernelFunction,
  exit,
  fitsImmediate,
  jump,
  jumpImm,
  jumpReg,
  load,
  loadConstant,
  loadFunction,
  loadImm64,
  BPF_PSEUDO_MAP_FD,
  BPF_PSEUDO_MAP_VALUE,
  neg,
  R0,
  R10,
  store,
  storeImm,
  toBigEndian,
  type Instruction,
  type Label,
  type Register,
} from '@bpfscope/native/asm';
import { HELPERS, type HelperName } from '@bpfscope/native/uapi';
import type { Span } from '../../language/diagnostic.ts';
import type { Base, Block, Fn, Insn, MapAddress, Operand, Reg, Terminator } from '../ir/instruction.ts';
import { COMMUTATIVE, NEGATED } from '../ir/fold.ts';
import type { Allocated } from '../allocate/index.ts';
import { NONE } from '../allocate/linear-scan.ts';
import type { Code } from './code.ts';
import { parallelMoves, type Move } from './moves.ts';

/** Adds the function to the code. */
export function emit(code: Code, fn: Fn, allocated: Allocated, entry: Label, functions: readonly Label[]): void {
  code.add({ label: entry });
  const labels: (Label | undefined)[] = [];
  for (const b of allocated.order) labels[b.id] = new BlockLabel(fn, b);
  const context: Context = {
    code,
    functions,
    label: (b) => labels[b.id] ?? entry,
    reg: (r) => register(allocated, r),
  };
  const start = allocated.order[0]?.insns[0]?.span ?? { start: 0, end: 0 };
  const arrivals: Move[] = [];
  fn.params.forEach((p, n) => {
    const to = allocated.registers[p.id] ?? NONE;
    if (to !== NONE) arrivals.push({ to: to as Register, from: (n + 1) as Register });
  });
  for (const m of parallelMoves(arrivals)) code.add(m, start);
  allocated.order.forEach((block, n) => {
    code.add({ label: context.label(block) });
    for (const i of block.insns) insn(context, i);
    if (block.end !== null) terminator(context, block.end, allocated.order[n + 1]);
  });
}

/** Named when somebody asks. */
class BlockLabel implements Label {
  private readonly fn: Fn;
  private readonly block: Block;

  constructor(fn: Fn, block: Block) {
    this.fn = fn;
    this.block = block;
  }

  get name(): string {
    return `${this.fn.name}.b${this.block.id}`;
  }
}

interface Context {
  readonly code: Code;
  readonly functions: readonly Label[];
  label(b: Block): Label;
  reg(r: Reg): Register;
}

function register(allocated: Allocated, r: Reg): Register {
  const found = allocated.registers[r.id] ?? NONE;
  if (found === NONE) throw new Error(`register %${r.id} has no place`);
  return found as Register;
}

function add(c: Context, span: Span, item: Instruction, map: MapAddress | null = null): void {
  c.code.add(item, span, map);
}

function insn(c: Context, i: Insn): void {
  switch (i.op) {
    case 'mov':
      return move(c, c.reg(i.dst), i.src, i.span);
    case 'alu': {
      const dst = c.reg(i.dst);
      const left = typeof i.left === 'object' ? c.reg(i.left) : null;
      const right = typeof i.right === 'object' ? c.reg(i.right) : null;
      if (left === null) throw new Error('left side of arithmetic is not in a register');
      if (right !== null && dst === right && dst !== left) {
        if (!COMMUTATIVE.has(i.fn)) throw new Error(`${i.fn} overwrites its right side`);
        return add(c, i.span, aluReg(i.fn, dst, left, i.width));
      }
      if (i.fn === 'and' && i.width === 32 && i.right === -1n) return add(c, i.span, aluReg('mov', dst, left, 32));
      if (dst !== left) add(c, i.span, aluReg('mov', dst, left));
      if (right !== null) add(c, i.span, aluReg(i.fn, dst, right, i.width));
      else add(c, i.span, aluImm(i.fn, dst, Number(i.right), i.width));
      return;
    }
    case 'unary': {
      const dst = c.reg(i.dst);
      const src = c.reg(i.src);
      if (dst !== src) add(c, i.span, aluReg('mov', dst, src));
      add(c, i.span, i.fn === 'neg' ? neg(dst) : toBigEndian(dst, i.fn === 'be16' ? 16 : i.fn === 'be32' ? 32 : 64));
      return;
    }
    case 'load': {
      const [base, offset] = memory(c, i.base, i.offset);
      return add(c, i.span, load(i.size, c.reg(i.dst), base, offset));
    }
    case 'store': {
      const [base, offset] = memory(c, i.base, i.offset);
      if (typeof i.src === 'bigint') add(c, i.span, storeImm(i.size, base, offset, Number(i.src)));
      else add(c, i.span, store(i.size, base, offset, c.reg(i.src)));
      return;
    }
    case 'atomic': {
      const [base, offset] = memory(c, i.base, i.offset);
      const src = c.reg(i.src);
      if (i.dst === null) return add(c, i.span, atomic(i.fn, i.size, base, offset, src));
      const dst = c.reg(i.dst);
      if (dst !== src) add(c, i.span, aluReg('mov', dst, src));
      return add(c, i.span, atomic(i.fn, i.size, base, offset, dst, true));
    }
    case 'call':
      args(c, i.args, i.span);
      add(c, i.span, i.kfunc === undefined ? call(helperId(i.helper)) : callKernelFunction(i.kfunc));
      if (i.dst !== null && c.reg(i.dst) !== R0) add(c, i.span, aluReg('mov', c.reg(i.dst), R0));
  }
}

function helperId(name: string): number {
  const helper = HELPERS[name as HelperName] as { readonly id: number } | undefined;
  if (helper === undefined) throw new Error(`there is no helper ${name}`);
  return helper.id;
}

function args(c: Context, operands: readonly Operand[], span: Span): void {
  let moves: Move[] | null = null;
  for (let n = 0; n < operands.length; n++) {
    const o = operands[n];
    if (typeof o !== 'object' || o.kind !== 'reg') continue;
    const to = (n + 1) as Register;
    const from = c.reg(o);
    if (from !== to) (moves ??= []).push({ to, from });
  }
  if (moves !== null) for (const m of parallelMoves(moves)) add(c, span, m);
  for (let n = 0; n < operands.length; n++) {
    const o = operands[n] as Operand;
    if (typeof o !== 'object' || o.kind !== 'reg') move(c, (n + 1) as Register, o, span);
  }
}

function move(c: Context, dst: Register, src: Operand, span: Span): void {
  if (typeof src === 'bigint') {
    if (fitsImmediate(src)) return add(c, span, aluImm('mov', dst, Number(src)));
    const low = BigInt.asUintN(64, src);
    if (low <= 0xffffffffn) return add(c, span, aluImm('mov', dst, Number(BigInt.asIntN(32, low)), 32));
    return add(c, span, loadConstant(dst, src));
  }
  switch (src.kind) {
    case 'reg':
      if (c.reg(src) !== dst) add(c, span, aluReg('mov', dst, c.reg(src)));
      return;
    case 'slot-address':
      add(c, span, aluReg('mov', dst, R10));
      if (src.offset !== 0) add(c, span, aluImm('add', dst, src.offset));
      return;
    case 'map':
      return add(
        c,
        span,
        loadImm64(dst, 0, src.offset, src.use === 'fd' ? BPF_PSEUDO_MAP_FD : BPF_PSEUDO_MAP_VALUE),
        src,
      );
    case 'function': {
      const target = c.functions.at(src.index);
      if (target === undefined) throw new Error(`function ${src.index} is missing`);
      return add(c, span, loadFunction(dst, target));
    }
  }
}

const memory = (c: Context, base: Base, offset: number): readonly [Register, number] =>
  base.kind === 'reg' ? [c.reg(base), offset] : [R10, base.offset + offset];

function terminator(c: Context, t: Terminator, next: Block | undefined): void {
  if (t.op === 'return') {
    move(c, R0, t.value, t.span);
    return add(c, t.span, exit());
  }
  if (t.op === 'jump') {
    if (t.to !== next) add(c, t.span, jump(c.label(t.to)));
    return;
  }
  const negated = NEGATED[t.cond];
  const flip = t.then === next && negated !== undefined;
  const cond = flip ? negated : t.cond;
  const to = c.label(flip ? t.else : t.then);
  const rest = flip ? t.then : t.else;
  if (typeof t.left !== 'object') throw new Error('left side of a comparison is not in a register');
  const left = c.reg(t.left);
  if (typeof t.right === 'object') add(c, t.span, jumpReg(cond, left, c.reg(t.right), to, t.width));
  else add(c, t.span, jumpImm(cond, left, Number(BigInt.asIntN(32, t.right)), to, t.width));
  if (rest !== next) add(c, t.span, jump(c.label(rest)));
}
