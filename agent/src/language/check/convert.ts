/** Conversions: implicit ones become explicit, constants are converted at compile time. */
import type { Span } from '../diagnostic.ts';
import type { HirExpr } from '../hir.ts';
import { typeName } from '../type-name.ts';
import { BOOL, INT64, UINT64 } from '../types.ts';
import type { IntType, Type } from '../types.ts';
import { bool, cast, constant } from './build.ts';
import type { Env } from './env.ts';
import { sameType } from './same-type.ts';
import { isUnknown, unknownExpr } from './unknown.ts';

/** Types that live in a register. */
export function isScalar(type: Type): boolean {
  return type.kind === 'int' || type.kind === 'bool' || type.kind === 'enum' || type.kind === 'pointer';
}

/** The expression with exactly this type; both types are known to fit. */
export function coerce(expr: HirExpr, type: Type): HirExpr {
  if (isUnknown(expr.type) || isUnknown(type) || sameType(expr.type, type)) return expr;
  if (expr.kind === 'const' && isScalar(type)) return constant(expr.value, type, expr.span);
  if (expr.kind === 'tuple' && (type.kind === 'tuple' || type.kind === 'record')) {
    const types = type.kind === 'tuple' ? type.elements : type.fields.map((field) => field.type);
    return { ...expr, type, elements: expr.elements.map((one, i) => coerce(one, types[i] ?? one.type)) };
  }
  if (expr.kind === 'select' && isScalar(type)) {
    return { ...expr, type, then: coerce(expr.then, type), else: coerce(expr.else, type) };
  }
  return cast(expr, type);
}

/** Why a value is no truth value is said; the result is always bool. */
export function condition(env: Env, expr: HirExpr): HirExpr {
  const { type, span } = expr;
  if (isUnknown(type) || type.kind === 'bool') return expr;
  if (isScalar(type)) {
    if (expr.kind === 'const') return bool(expr.value !== 0n, span);
    return { kind: 'compare', type: BOOL, op: '!=', left: expr, right: constant(0n, type, span), span };
  }
  env.error('type-mismatch', span, `A condition must be an integer, a bool or a pointer, not ${typeName(type)}.`);
  return unknownExpr(span);
}

/** A scalar as the 64-bit integer that arithmetic works on; null (and an error) for everything else. */
export function asInteger(env: Env, expr: HirExpr, what: string): HirExpr | null {
  const { type } = expr;
  if (isUnknown(type)) return null;
  if (type.kind === 'int') return expr;
  if (type.kind === 'bool') return coerce(expr, { kind: 'int', size: 1, signed: false });
  if (type.kind === 'enum') return coerce(expr, { kind: 'int', size: type.size, signed: type.signed });
  if (type.kind === 'pointer') return coerce(expr, UINT64);
  env.error('type-mismatch', expr.span, `${what} must be an integer, not ${typeName(type)}.`);
  return null;
}

/** The type that arithmetic on two integers gives: unsigned as soon as one side is; a non-negative literal has no sign of its own. */
export function commonInteger(left: HirExpr, right: HirExpr): IntType {
  return isSigned(left) && isSigned(right) ? INT64 : UINT64;
}

/** Literals up to 2^63 have a signed type, so that they follow the other side. */
function isSigned(expr: HirExpr): boolean {
  return expr.type.kind === 'int' && expr.type.signed;
}

/** The type in which two integers are compared: exact whenever 64 bits can hold both. */
export function comparisonInteger(left: HirExpr, right: HirExpr): IntType {
  const common = commonInteger(left, right);
  const exact = (expr: HirExpr) => expr.type.kind === 'int' && (expr.type.signed || expr.type.size < 8);
  return !common.signed && exact(left) && exact(right) && (isSigned(left) || isSigned(right)) ? INT64 : common;
}

/** Whether the signs of two non-constant 64-bit operands differ, which makes their order a trap. */
export function signsDiffer(left: HirExpr, right: HirExpr): boolean {
  if (left.type.kind !== 'int' || right.type.kind !== 'int' || left.type.signed === right.type.signed) return false;
  const [signed, unsigned] = left.type.signed ? [left, right] : [right, left];
  if (signed.kind === 'const') return signed.value < 0n;
  return unsigned.kind !== 'const' && unsigned.type.kind === 'int' && unsigned.type.size === 8;
}

/** The value of a compile-time integer; null and an error when it is none. */
export function constantInteger(env: Env, expr: HirExpr, what: string, span: Span = expr.span): bigint | null {
  if (expr.kind === 'const' && !isUnknown(expr.type)) return expr.value;
  if (!isUnknown(expr.type)) env.error('not-constant', span, `${what} must be a literal integer.`);
  return null;
}
