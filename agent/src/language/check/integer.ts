/** Arithmetic on 64-bit integers as BPF does it, for constant folding. */
import type { ArithmeticOp } from '../hir.ts';
import type { IntSize, IntType, Type } from '../types.ts';

/** The types of literals: objects of their own, so that a literal is told from a constant of a chosen type. */
const SIGNED: readonly IntType[] = ([1, 2, 4, 8] as const).map((size): IntType => ({
  kind: 'int',
  size,
  signed: true,
}));
const LARGE: IntType = { kind: 'int', size: 8, signed: false };

/** The smallest signed type that holds the value, else uint64. */
export function literalType(value: bigint): IntType {
  return SIGNED.find((type) => BigInt.asIntN(type.size * 8, value) === value) ?? LARGE;
}

/** The literal type of a size. */
export function literalTypeOf(size: IntSize, signed: boolean): IntType {
  return (signed ? SIGNED.find((type) => type.size === size) : undefined) ?? LARGE;
}

/** Whether this is the type object of a literal. */
export function isLiteralType(type: Type): boolean {
  return type === LARGE || (type.kind === 'int' && SIGNED.includes(type));
}

/** The value as the type holds it. */
export function wrap(value: bigint, type: Type): bigint {
  if (type.kind === 'bool') return value === 0n ? 0n : 1n;
  if (type.kind !== 'int' && type.kind !== 'enum') return BigInt.asUintN(64, value);
  return type.signed ? BigInt.asIntN(type.size * 8, value) : BigInt.asUintN(type.size * 8, value);
}

/** Division, modulo and right shift are unsigned; x / 0 is 1 and x % 0 is 0 here, which the caller reports. */
export function evaluate(op: ArithmeticOp, left: bigint, right: bigint): bigint {
  const a = BigInt.asUintN(64, left);
  const b = BigInt.asUintN(64, right);
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return b === 0n ? 1n : left >= 0n && right > 0n ? left / right : a / b;
    case '%':
      return b === 0n ? 0n : a % b;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return BigInt.asUintN(64, a << (b & 63n));
    case '>>':
      return a >> (b & 63n);
  }
}
