/**
 * Inference of the types of maps and variables: the least type that holds all values assigned anywhere. A shape is a type
 * in which integers that so far come from literals only are marked: non-negative ones take the sign of whatever they meet.
 */
import type { HirExpr } from '../hir.ts';
import { INT64 } from '../types.ts';
import type { IntSize, IntType, Type } from '../types.ts';
import { isLiteralType } from './integer.ts';
import { sameType } from './same-type.ts';
import { isUnknown, UNKNOWN } from './unknown.ts';

interface LiteralInt extends IntType {
  /** 'free': not negative, so that it takes the sign of whatever it meets. */
  readonly literal: 'free' | 'negative';
  /** Bits that hold the value, without a sign. */
  readonly bits: number;
}

export type Shape = Type;

/** Whether only literals made this integer. */
export function isLiteral(type: Type): type is LiteralInt {
  return type.kind === 'int' && 'literal' in type;
}

const isFree = (type: Type): type is LiteralInt => isLiteral(type) && type.literal === 'free';

/** Whether a literal fits in an integer type. */
export function literalFits(literal: LiteralInt, type: IntType): boolean {
  if (literal.literal === 'negative') return type.signed && literal.size <= type.size;
  return literal.bits <= type.size * 8 - (type.signed ? 1 : 0);
}

/** The shape a value brings to an assignment. */
export function shapeOf(expr: HirExpr): Shape {
  if (expr.kind === 'const' && expr.type.kind === 'int' && isLiteralType(expr.type)) {
    const literal = expr.value >= 0n ? 'free' : 'negative';
    const bits = expr.value === 0n ? 0 : expr.value.toString(2).length;
    const shape: LiteralInt = { kind: 'int', size: expr.type.size, signed: expr.type.signed, literal, bits };
    return shape;
  }
  if (expr.kind === 'tuple') {
    const elements = expr.elements.map(shapeOf);
    if (expr.type.kind === 'tuple') return { kind: 'tuple', elements };
    if (expr.type.kind === 'record') {
      return {
        kind: 'record',
        fields: expr.type.fields.map((field, i) => ({ name: field.name, type: elements[i] ?? UNKNOWN })),
      };
    }
  }
  if (expr.kind === 'select') return join(shapeOf(expr.then), shapeOf(expr.else)) ?? expr.type;
  return expr.type;
}

/** Removes the marks. A value that was only ever a literal is int64; inside of keys and tuples it keeps its least size. */
export function concrete(shape: Shape, use: 'value' | 'key'): Type {
  if (isLiteral(shape)) {
    if (use === 'value' && shape.signed) return INT64;
    return { kind: 'int', size: shape.size, signed: shape.signed };
  }
  if (shape.kind === 'tuple') return { kind: 'tuple', elements: shape.elements.map((one) => concrete(one, 'key')) };
  if (shape.kind === 'record') {
    return { kind: 'record', fields: shape.fields.map((f) => ({ name: f.name, type: concrete(f.type, 'key') })) };
  }
  return shape;
}

const twice = (size: IntSize): IntSize => (size >= 4 ? 8 : size === 2 ? 4 : 2);
const larger = (a: IntSize, b: IntSize): IntSize => (a > b ? a : b);

function joinInts(a: IntType, b: IntType): IntType {
  const size = larger(a.size, b.size);
  if (isLiteral(a) && isLiteral(b)) {
    const negative = a.literal === 'negative' || b.literal === 'negative';
    const joined: LiteralInt = {
      kind: 'int',
      size,
      signed: negative || (a.signed && b.signed),
      literal: negative ? 'negative' : 'free',
      bits: Math.max(a.bits, b.bits),
    };
    return joined;
  }
  if (isFree(a)) return { kind: 'int', size, signed: b.signed };
  if (isFree(b)) return { kind: 'int', size, signed: a.signed };
  if (a.signed === b.signed) return { kind: 'int', size, signed: a.signed };
  const [unsigned, signed] = a.signed ? [b, a] : [a, b];
  return { kind: 'int', signed: true, size: unsigned.size < signed.size ? signed.size : twice(unsigned.size) };
}

/** The least shape that holds both; null when there is none. */
export function join(a: Shape, b: Shape): Shape | null {
  if (isUnknown(a)) return b;
  if (isUnknown(b)) return a;
  if (a.kind === 'int' && b.kind === 'int') return joinInts(a, b);
  if (a.kind === 'string' && b.kind === 'string') return a.size >= b.size ? a : b;
  if (a.kind === 'buffer' && b.kind === 'buffer') return a.size >= b.size ? a : b;
  if (a.kind === 'pointer' && b.kind === 'pointer') return joinPointers(a, b);
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    const elements = joinAll(a.elements, b.elements);
    return elements && { kind: 'tuple', elements };
  }
  if (a.kind === 'record' && b.kind === 'record') {
    if (a.fields.length !== b.fields.length || a.fields.some((f, i) => f.name !== b.fields[i]?.name)) return null;
    const types = joinAll(
      a.fields.map((f) => f.type),
      b.fields.map((f) => f.type),
    );
    return types && { kind: 'record', fields: a.fields.map((f, i) => ({ name: f.name, type: types[i] ?? UNKNOWN })) };
  }
  if (a.kind === 'aggregate' && b.kind === 'aggregate') return joinAggregates(a, b);
  if (a.kind === 'ustack' && b.kind === 'ustack') return sameType(a, b) ? a : null;
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return a;
  if (sameType(a, b)) return a;
  return joinMixed(a, b) ?? joinMixed(b, a);
}

function joinAll(a: readonly Shape[], b: readonly Shape[]): Shape[] | null {
  if (a.length !== b.length) return null;
  const joined: Shape[] = [];
  for (const [i, one] of a.entries()) {
    const both = join(one, b[i] ?? UNKNOWN);
    if (both === null) return null;
    joined.push(both);
  }
  return joined;
}

type Pointer = Extract<Type, { kind: 'pointer' }>;

function joinPointers(a: Pointer, b: Pointer): Pointer | null {
  if (b.to.kind === 'none') return a;
  if (a.to.kind === 'none' || sameType(a.to, b.to)) return { ...b, space: a.space === 'bpf' ? b.space : a.space };
  return null;
}

function joinAggregates(a: Extract<Type, { kind: 'aggregate' }>, b: Extract<Type, { kind: 'aggregate' }>): Type | null {
  if (sameType(a, b)) return a;
  const signed = { ...a.of, signed: true };
  const other = { ...b.of, signed: true };
  const joined = { kind: 'aggregate', of: signed } as Type;
  return 'signed' in a.of && sameType(joined, { kind: 'aggregate', of: other } as Type) ? joined : null;
}

/** Different kinds that still fit: what is stored is the integer. */
function joinMixed(a: Shape, b: Shape): Shape | null {
  if (a.kind === 'pointer' && isLiteral(b)) return a;
  if (b.kind !== 'int') return null;
  if (a.kind === 'bool') return b;
  if (a.kind === 'enum') return joinInts({ kind: 'int', size: a.size, signed: a.signed }, b);
  return null;
}
