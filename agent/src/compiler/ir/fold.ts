/** Arithmetic on constants, exactly as the instruction set does it, and the identities that need no instruction. */
import type { Condition, Width } from '@bpfscope/native/asm';
import type { BinaryOp, Value } from './instruction.ts';

const ARITHMETIC: Readonly<Record<BinaryOp, (a: bigint, b: bigint, width: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => (b === 0n ? 0n : a / b),
  mod: (a, b) => (b === 0n ? a : a % b),
  or: (a, b) => a | b,
  and: (a, b) => a & b,
  xor: (a, b) => a ^ b,
  lsh: (a, b, width) => a << (b & (width - 1n)),
  rsh: (a, b, width) => a >> (b & (width - 1n)),
  arsh: (a, b, width) => BigInt.asIntN(Number(width), a) >> (b & (width - 1n)),
};

export const COMMUTATIVE: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['add', 'mul', 'and', 'or', 'xor']);

/** The result, normalised to a signed 64-bit number (32-bit results are zero-extended); null when it is not known. */
export function foldAlu(fn: BinaryOp, left: Value, right: Value, width: Width): Value | null {
  if (typeof right === 'bigint') {
    if (typeof left === 'bigint') {
      const a = BigInt.asUintN(width, left);
      const b = BigInt.asUintN(width, right);
      return BigInt.asIntN(64, BigInt.asUintN(width, ARITHMETIC[fn](a, b, BigInt(width))));
    }
    if (width === 64) return identity(fn, left, right);
  }
  return null;
}

function identity(fn: BinaryOp, left: Value, right: bigint): Value | null {
  if (right === 0n) return fn === 'and' || fn === 'mul' ? 0n : fn === 'div' || fn === 'mod' ? null : left;
  if (right === 1n && (fn === 'mul' || fn === 'div')) return left;
  if (right === -1n && fn === 'and') return left;
  return null;
}

/** `x op constant` as a cheaper operation: powers of two. */
export function strengthReduce(fn: BinaryOp, right: bigint): { readonly fn: BinaryOp; readonly right: bigint } | null {
  if (fn !== 'mul' && fn !== 'div' && fn !== 'mod') return null;
  const power = BigInt.asUintN(64, right);
  if (power === 0n || (power & (power - 1n)) !== 0n) return null;
  const shift = BigInt(power.toString(2).length - 1);
  if (fn === 'mul') return { fn: 'lsh', right: shift };
  if (fn === 'div') return { fn: 'rsh', right: shift };
  return { fn: 'and', right: power - 1n };
}

const COMPARISONS: Readonly<Record<Condition, (a: bigint, b: bigint, sa: bigint, sb: bigint) => boolean>> = {
  jeq: (a, b) => a === b,
  jne: (a, b) => a !== b,
  jgt: (a, b) => a > b,
  jge: (a, b) => a >= b,
  jlt: (a, b) => a < b,
  jle: (a, b) => a <= b,
  jsgt: (_a, _b, a, b) => a > b,
  jsge: (_a, _b, a, b) => a >= b,
  jslt: (_a, _b, a, b) => a < b,
  jsle: (_a, _b, a, b) => a <= b,
  jset: (a, b) => (a & b) !== 0n,
};

export function foldCondition(cond: Condition, left: bigint, right: bigint, width: Width): boolean {
  return COMPARISONS[cond](
    BigInt.asUintN(width, left),
    BigInt.asUintN(width, right),
    BigInt.asIntN(width, left),
    BigInt.asIntN(width, right),
  );
}

/** The condition with its sides exchanged. */
export const SWAPPED: Readonly<Record<Condition, Condition>> = {
  jeq: 'jeq',
  jne: 'jne',
  jgt: 'jlt',
  jge: 'jle',
  jlt: 'jgt',
  jle: 'jge',
  jsgt: 'jslt',
  jsge: 'jsle',
  jslt: 'jsgt',
  jsle: 'jsge',
  jset: 'jset',
};

/** The opposite condition; jset has none. */
export const NEGATED: Readonly<Partial<Record<Condition, Condition>>> = {
  jeq: 'jne',
  jne: 'jeq',
  jgt: 'jle',
  jge: 'jlt',
  jlt: 'jge',
  jle: 'jgt',
  jsgt: 'jsle',
  jsge: 'jslt',
  jslt: 'jsge',
  jsle: 'jsgt',
};
