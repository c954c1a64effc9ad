/** `(type)expression`. */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr } from '../hir.ts';
import { sizeOf } from '../layout.ts';
import { typeName } from '../type-name.ts';
import { UINT64 } from '../types.ts';
import type { AddressSpace, Type } from '../types.ts';
import { withoutText } from './access.ts';
import { cast, constant, deref } from './build.ts';
import { coerce, isScalar } from './convert.ts';
import type { Env } from './env.ts';
import { isLiteralType } from './integer.ts';
import { sameType } from './same-type.ts';
import { resolveTypeName } from './type-expression.ts';
import { isUnknown, unknownExpr } from './unknown.ts';

export function castTo(env: Env, name: ast.TypeName, value: HirExpr, span: Span, source: ast.Expr): HirExpr {
  const operand = withoutText(value);
  const space: AddressSpace = operand.type.kind === 'pointer' ? operand.type.space : env.place.space;
  const type = sizedFor(resolveTypeName(env, name, space), operand);
  if (isUnknown(type) || isUnknown(operand.type)) return unknownExpr(span);
  if (type.kind === 'string' && operand !== value) return cast(value, type, span);
  if (isScalar(type) && isScalar(operand.type)) return scalarCast(type, operand, span);
  const whole = type.kind === 'array' && operand.kind === 'const' ? integerOfSize(sizeOf(type)) : null;
  if (whole !== null && operand.type.kind === 'int') return cast(coerce(operand, whole), type, span);
  if (type.kind === 'struct') return structCast(env, type, operand, space, span);
  if (sameType(type, operand.type)) return operand;
  if (fits(type, operand.type) || fits(operand.type, type)) {
    // A narrow integer is widened first: the bytes behind it are not its own.
    const narrow = operand.type.kind === 'int' && type.kind === 'array' && operand.type.size < sizeOf(type);
    return cast(narrow ? coerce(operand, UINT64) : operand, type, span);
  }
  if (type.kind === 'string' && operand.type.kind === 'string') return cast(operand, type, span);
  if (type.kind === 'buffer' && operand.type.kind === 'string') return cast(operand, type, span);
  if (type.kind === 'tuple' && operand.type.kind === 'tuple' && operand.type.elements.length === type.elements.length) {
    return coerce(operand, type);
  }
  const hint = source.kind === 'map' && operand.type.kind === 'aggregate' ? 'Print it with print().' : undefined;
  env.error('bad-cast', span, `Cannot cast from ${typeName(operand.type)} to ${typeName(type)}.`, hint);
  return unknownExpr(span);
}

/** `(uint8[])number` has as many elements as fit in the number; a literal is int64. */
function sizedFor(type: Type, operand: HirExpr): Type {
  if (type.kind !== 'array' || type.count > 0 || sizeOf(type.of) === 0) return type;
  const literal = operand.kind === 'const' && isLiteralType(operand.type);
  return { ...type, count: Math.floor((literal ? 8 : sizeOf(operand.type)) / sizeOf(type.of)) };
}

function scalarCast(type: Type, operand: HirExpr, span: Span): HirExpr {
  if (operand.kind === 'const') return constant(operand.value, type, span);
  if (type.kind === 'bool') {
    return { kind: 'compare', type, op: '!=', left: operand, right: constant(0n, operand.type, span), span };
  }
  if (type.kind === 'pointer' && operand.type.kind === 'int' && operand.type.size < 8 && operand.kind !== 'cast') {
    return cast(coerce(operand, UINT64), type, span);
  }
  return cast(operand, type, span);
}

function integerOfSize(size: number): Type | null {
  return size === 1 || size === 2 || size === 4 || size === 8 ? { kind: 'int', size, signed: false } : null;
}

/** `(struct X)address` reads as `*(struct X *)address`, as older scripts write it. */
function structCast(
  env: Env,
  type: Extract<Type, { kind: 'struct' }>,
  operand: HirExpr,
  space: AddressSpace,
  span: Span,
): HirExpr {
  if (operand.type.kind === 'struct') return { ...operand, type };
  if (isScalar(operand.type)) {
    const complete = env.session.types.complete(type);
    return deref(cast(coerce(operand, UINT64), { kind: 'pointer', to: complete, space }), complete, span);
  }
  env.error('bad-cast', span, `Cannot cast from ${typeName(operand.type)} to ${typeName(type)}.`);
  return unknownExpr(span);
}

/** An integer and an array of integers, a buffer or a string of the same size are the same bytes. */
function fits(array: Type, other: Type): boolean {
  if (array.kind !== 'array' || array.of.kind !== 'int') return false;
  if (other.kind === 'int')
    return array.count === 0 || sizeOf(array) === other.size || (array.of.size === 1 && array.count <= 8);
  return other.kind === 'array' && sizeOf(array) === sizeOf(other);
}
