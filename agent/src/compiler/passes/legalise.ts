/** Brings operands into the forms that instructions have: immediates of 32 bits, offsets of 16, registers elsewhere. */
import { fitsImmediate } from '@bpfscope/native/asm';
import type { Base, BinaryOp, Fn, Insn, Reg, Terminator, Value } from '../ir/instruction.ts';
import { SWAPPED } from '../ir/fold.ts';
import type { Span } from '../../language/diagnostic.ts';

export function legalise(fn: Fn): void {
  for (const block of fn.blocks) {
    if (isLegalEnd(block.end) && block.insns.every(isLegal)) continue;
    const out: Insn[] = [];
    const reg = (v: Value, span: Span): Reg => {
      if (typeof v === 'object') return v;
      const dst: Reg = { kind: 'reg', id: fn.regs++ };
      out.push({ op: 'mov', dst, src: v, span });
      return dst;
    };
    const right = (v: Value, span: Span): Value => (typeof v === 'bigint' && !fitsImmediate(v) ? reg(v, span) : v);
    for (const i of block.insns) {
      switch (i.op) {
        case 'alu': {
          // 32-bit operations see only the low half of an immediate.
          const narrow = typeof i.right === 'bigint' ? immediate(i.fn, i.right, i.width) : i.right;
          const left = reg(i.left, i.span);
          const second = right(narrow, i.span);
          out.push(left === i.left && second === i.right ? i : { ...i, left, right: second });
          break;
        }
        case 'store': {
          const src = typeof i.src === 'bigint' ? BigInt.asIntN(i.size * 8, i.src) : i.src;
          const to = near(fn, out, i);
          const from = right(src, i.span);
          out.push(from === i.src ? to : { ...to, src: from });
          break;
        }
        case 'load':
        case 'atomic':
          out.push(near(fn, out, i));
          break;
        default:
          out.push(i);
      }
    }
    const end = block.end;
    if (end?.op === 'branch') {
      const t =
        typeof end.left === 'bigint' ? { ...end, cond: SWAPPED[end.cond], left: end.right, right: end.left } : end;
      const left = reg(t.left, t.span);
      const second = right(t.right, t.span);
      block.end = left === t.left && second === t.right ? t : { ...t, left, right: second };
    }
    block.insns = out;
  }
}

const isLegalRight = (v: Value): boolean => typeof v === 'object' || fitsImmediate(v);

const isLegalEnd = (t: Terminator | null): boolean =>
  t?.op !== 'branch' || (typeof t.left === 'object' && isLegalRight(t.right));

/** Most are as they have to be. */
function isLegal(i: Insn): boolean {
  if (i.op === 'alu') {
    if (typeof i.left !== 'object') return false;
    return typeof i.right === 'object' || (fitsImmediate(i.right) && immediate(i.fn, i.right, i.width) === i.right);
  }
  if (i.op === 'store' && typeof i.src === 'bigint') {
    const src = BigInt.asIntN(i.size * 8, i.src);
    if (src !== i.src || !fitsImmediate(src)) return false;
  }
  return (i.op !== 'load' && i.op !== 'store' && i.op !== 'atomic') || i.base.kind !== 'reg' || isNear(i.offset);
}

const isNear = (offset: number): boolean => offset >= -32768 && offset <= 32767;

/** Shifts by a constant that is not below the width are refused; in a register it counts modulo the width. */
function immediate(fn: BinaryOp, right: bigint, width: 32 | 64): bigint {
  if (fn === 'lsh' || fn === 'rsh' || fn === 'arsh') return right & BigInt(width - 1);
  return width === 32 ? BigInt.asIntN(32, right) : right;
}

/** Offsets that do not fit in 16 bits are added to the base first. */
function near<T extends { readonly base: Base; readonly offset: number; readonly span: Span }>(
  fn: Fn,
  out: Insn[],
  i: T,
): T {
  if (i.base.kind !== 'reg' || isNear(i.offset)) return i;
  const base: Reg = { kind: 'reg', id: fn.regs++ };
  out.push({ op: 'alu', fn: 'add', width: 64, dst: base, left: i.base, right: BigInt(i.offset), span: i.span });
  return { ...i, base, offset: 0 };
}
