/** Operators. Results of integer arithmetic are 64 bits wide; operations on constants are done here. */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { ArithmeticOp, CompareOp, HirExpr } from '../hir.ts';
import { sizeOf } from '../layout.ts';
import { typeName } from '../type-name.ts';
import { BOOL, INT64, UINT64 } from '../types.ts';
import type { Type } from '../types.ts';
import { bool, cast, constant, literal, text } from './build.ts';
import { asInteger, coerce, commonInteger, comparisonInteger, condition, signsDiffer } from './convert.ts';
import type { Env } from './env.ts';
import { evaluate, isLiteralType, wrap } from './integer.ts';
import { isPure } from './pure.ts';
import { sameType } from './same-type.ts';
import { join, shapeOf } from './shape.ts';
import { concrete } from './shape.ts';
import { isUnknown, unknownExpr } from './unknown.ts';
import { castHint, warnAlways } from './unsigned-comparison.ts';

const COMPARE: ReadonlySet<string> = new Set<CompareOp>(['==', '!=', '<', '>', '<=', '>=']);

export function binary(env: Env, op: ast.BinaryOp, left: HirExpr, right: HirExpr, span: Span): HirExpr {
  if (op === '&&' || op === '||') return logical(env, op, left, right, span);
  if (isUnknown(left.type) || isUnknown(right.type)) return unknownExpr(span);
  if (COMPARE.has(op)) return compare(env, op as CompareOp, left, right, span);
  return arithmetic(env, op as ArithmeticOp, left, right, span);
}

function logical(env: Env, op: '&&' | '||', left: HirExpr, right: HirExpr, span: Span): HirExpr {
  const a = condition(env, left);
  const b = condition(env, right);
  if (isUnknown(a.type) || isUnknown(b.type)) return unknownExpr(span);
  if (a.kind === 'const') {
    const decided = op === '&&' ? a.value === 0n : a.value !== 0n;
    return decided ? bool(op === '||', span) : b;
  }
  if (b.kind === 'const') {
    const decides = op === '&&' ? b.value === 0n : b.value !== 0n;
    if (!decides) return a;
    if (isPure(a)) return b;
  }
  return { kind: 'logical', type: BOOL, op, left: a, right: b, span };
}

export function arithmetic(env: Env, op: ArithmeticOp, left: HirExpr, right: HirExpr, span: Span): HirExpr {
  if ((op === '+' || op === '-') && left.type.kind === 'pointer' && right.type.kind !== 'pointer') {
    return movePointer(env, op, left, right, span);
  }
  if (op === '+' && right.type.kind === 'pointer' && left.type.kind === 'int') {
    return movePointer(env, op, right, left, span);
  }
  const a = asInteger(env, left, `The left side of '${op}'`);
  const b = asInteger(env, right, `The right side of '${op}'`);
  if (a === null || b === null) return unknownExpr(span);
  if (a.kind === 'const' && b.kind === 'const') return fold(env, op, a, b, span);
  if (b.kind === 'const' && b.value === 0n && (op === '/' || op === '%')) {
    env.warning('division-by-zero', span, 'Division by zero: the result is 1 and every run reports it.');
  }
  if (op === '/' || op === '%') warnSignedDivision(env, op, a, b, span);
  const type = arithmeticType(op, a, b);
  if (op !== '-' && (op === '+' || op === '*' || op === '/' || op === '%') && signsDiffer(a, b)) {
    const names = `'${typeName(a.type)}' and '${typeName(b.type)}'`;
    env.warning(
      'sign-mismatch',
      span,
      `Arithmetic on integers of different signs: ${names} can lead to undefined behavior.`,
    );
  }
  return { kind: 'arithmetic', type, op, left: coerce(a, type), right: coerce(shiftCount(op, b), type), span };
}

/** The machine takes the low six bits of a shift count; the verifier wants constants to say so. */
export function shiftCount(op: ArithmeticOp, count: HirExpr): HirExpr {
  const shift = op === '<<' || op === '>>';
  return shift && count.kind === 'const' ? { ...count, value: count.value & 63n } : count;
}

/** Division is unsigned, as in bpftrace: what may be negative gives a huge number. A difference is taken to be positive. */
function warnSignedDivision(env: Env, op: '/' | '%', left: HirExpr, right: HirExpr, span: Span): void {
  const positive = (side: HirExpr) => side.kind === 'arithmetic' && ['-', '/', '%', '>>'].includes(side.op);
  const risky = (side: HirExpr) =>
    side.kind !== 'const' && side.type.kind === 'int' && side.type.signed && !positive(side);
  if (!risky(left) && !risky(right)) return;
  const message = `Signed operands for '${op}' can lead to undefined behavior: the division is unsigned.`;
  env.warning(
    'signed-division',
    span,
    message,
    'Cast to an unsigned type when the value is never negative: (uint64)value.',
  );
}

/** Subtraction is signed whatever its operands; a shift has the sign of what is shifted. */
export function arithmeticType(op: ArithmeticOp, left: HirExpr, right: HirExpr): Type {
  if (op === '-') return INT64;
  if (op === '<<' || op === '>>') return left.type.kind === 'int' && left.type.signed ? INT64 : UINT64;
  return commonInteger(left, right);
}

type Constant = Extract<HirExpr, { kind: 'const' }>;

/**
 * Literals are int64 unless one of them is larger: what does not fit is a mistake, as in bpftrace. Constants of a chosen type
 * (casts, sizeof) wrap around, as they would when the query runs.
 */
function fold(env: Env, op: ArithmeticOp, left: Constant, right: Constant, span: Span): HirExpr {
  if ((op === '/' || op === '%') && right.value === 0n) {
    env.error('division-by-zero', span, 'Division by zero.');
    return unknownExpr(span);
  }
  const value = evaluate(op, left.value, right.value);
  if (!OVERFLOWING.has(op)) return literal(value, span);
  if (!isLiteralType(left.type) || !isLiteralType(right.type)) {
    const type = arithmeticType(op, left, right);
    const wrapped = op === '-' && fits(value, UINT64) ? value : wrap(value, type);
    return fits(wrapped, INT64) ? literal(wrapped, span) : constant(wrapped, UINT64, span);
  }
  const large = !fits(left.value, INT64) || !fits(right.value, INT64);
  if (fits(value, INT64) || (large && fits(value, UINT64))) return literal(value, span);
  const hint = !large && fits(value, UINT64) ? `For a uint64, cast one side: (uint64)a ${op} b.` : undefined;
  env.error('integer-overflow', span, `The result does not fit in ${large ? '64 bits' : 'an int64'}.`, hint);
  return unknownExpr(span);
}

const OVERFLOWING: ReadonlySet<ArithmeticOp> = new Set(['+', '-', '*']);

const fits = (value: bigint, type: Type): boolean => wrap(value, type) === value;

/** Pointer arithmetic counts in elements, as in C. */
function movePointer(env: Env, op: '+' | '-', pointer: HirExpr, by: HirExpr, span: Span): HirExpr {
  if (pointer.type.kind !== 'pointer') return unknownExpr(span);
  const count = asInteger(env, by, 'What is added to a pointer');
  if (count === null) return unknownExpr(span);
  const size = constant(BigInt(Math.max(1, sizeOf(pointer.type.to))), UINT64, span);
  const address = coerce(pointer, UINT64);
  const distance: HirExpr =
    count.kind === 'const'
      ? constant(count.value * (size.kind === 'const' ? size.value : 1n), UINT64, by.span)
      : { kind: 'arithmetic', type: UINT64, op: '*', left: coerce(count, UINT64), right: size, span };
  return cast({ kind: 'arithmetic', type: UINT64, op, left: address, right: distance, span }, pointer.type);
}

/** `func` is an address until user space prints it; compared with a text it is the name of the probe's function. */
function functionName(env: Env, side: HirExpr, other: HirExpr): HirExpr {
  if (side.kind !== 'builtin' || side.name !== 'func' || other.type.kind !== 'string') return side;
  env.place.dependencies.add('name');
  const site = env.place.probe?.site;
  return site !== undefined && 'symbol' in site ? text(site.symbol, side.span) : unknownExpr(side.span);
}

export function compare(env: Env, op: CompareOp, first: HirExpr, second: HirExpr, span: Span): HirExpr {
  const left = functionName(env, first, second);
  const right = functionName(env, second, first);
  if (isUnknown(left.type) || isUnknown(right.type)) return unknownExpr(span);
  const memory = compareMemory(env, op, left, right, span);
  if (memory !== null) return memory;
  const pointers = left.type.kind === 'pointer' && right.type.kind === 'pointer';
  const sameKind = pointers || (left.type.kind === 'bool' && right.type.kind === 'bool');
  const a = sameKind ? left : asInteger(env, left, `The left side of '${op}'`);
  const b = sameKind ? right : asInteger(env, right, `The right side of '${op}'`);
  if (a === null || b === null) return unknownExpr(span);
  if (sameKind) return { kind: 'compare', type: BOOL, op, left: a, right: pointers ? coerce(b, a.type) : b, span };
  if (a.kind === 'const' && b.kind === 'const') return bool(holds(op, a.value, b.value), span);
  if (signsDiffer(a, b)) {
    const names = `'${typeName(a.type)}' and '${typeName(b.type)}'`;
    env.warning(
      'sign-mismatch',
      span,
      `Comparison of integers of different signs: ${names} can lead to undefined behavior.`,
      signHint(env, op, a, b),
    );
  }
  warnAlways(env, op, a, b, span);
  const type = comparisonInteger(a, b);
  return { kind: 'compare', type: BOOL, op, left: coerce(a, type), right: coerce(b, type), span };
}

/** `retval == -1`: the cast that makes it what was meant. */
function signHint(env: Env, op: CompareOp, left: HirExpr, right: HirExpr): string | undefined {
  if (right.kind === 'const') return castHint(env, left, (cast) => `${cast} ${op} ${String(right.value)}`);
  if (left.kind === 'const') return castHint(env, right, (cast) => `${String(left.value)} ${op} ${cast}`);
  return undefined;
}

function holds(op: CompareOp, a: bigint, b: bigint): boolean {
  const table: Record<CompareOp, boolean> = {
    '==': a === b,
    '!=': a !== b,
    '<': a < b,
    '>': a > b,
    '<=': a <= b,
    '>=': a >= b,
  };
  return table[op];
}

const COMPARABLE: ReadonlySet<Type['kind']> = new Set([
  'string',
  'array',
  'tuple',
  'record',
  'buffer',
  'inet',
  'mac',
  'struct',
  'ksym',
  'usym',
]);

/** null: neither side is an object in memory. */
function compareMemory(env: Env, op: CompareOp, left: HirExpr, right: HirExpr, span: Span): HirExpr | null {
  if (!COMPARABLE.has(left.type.kind) && !COMPARABLE.has(right.type.kind)) return null;
  if (op !== '==' && op !== '!=') {
    env.error(
      'type-mismatch',
      span,
      `The operator '${op}' cannot be used on ${typeName(left.type)} and ${typeName(right.type)}.`,
    );
    return unknownExpr(span);
  }
  if (left.kind === 'string' && right.kind === 'string')
    return bool((left.value === right.value) === (op === '=='), span);
  const strings = left.type.kind === 'string' && right.type.kind === 'string';
  const shape = strings ? left.type : left.type.kind === right.type.kind ? join(shapeOf(left), shapeOf(right)) : null;
  if (shape === null || (left.type.kind === 'array' && !sameType(left.type, right.type))) {
    const hint =
      left.type.kind === 'pointer' ||
      right.type.kind === 'pointer' ||
      left.type.kind === 'int' ||
      right.type.kind === 'int'
        ? 'Read the text behind a pointer with str().'
        : undefined;
    env.error('type-mismatch', span, `Cannot compare ${typeName(left.type)} with ${typeName(right.type)}.`, hint);
    return unknownExpr(span);
  }
  const type = concrete(shape, 'key');
  const [a, b] = strings ? [left, right] : [coerce(left, type), coerce(right, type)];
  return { kind: 'compare-memory', type: BOOL, op, left: a, right: b, length: null, span };
}

export function not(env: Env, operand: HirExpr, span: Span): HirExpr {
  const value = condition(env, operand);
  if (isUnknown(value.type)) return unknownExpr(span);
  if (value.kind === 'const') return bool(value.value === 0n, span);
  return { kind: 'not', type: BOOL, operand: value, span };
}

export function negate(env: Env, operand: HirExpr, span: Span): HirExpr {
  const value = asInteger(env, operand, "The operand of '-'");
  if (value === null) return unknownExpr(span);
  if (value.kind === 'const') {
    if (value.value > 1n << 63n) {
      if (!isLiteralType(value.type)) return constant(-value.value, INT64, span);
      env.error('integer-overflow', span, 'The constant does not fit in 64 bits.');
      return unknownExpr(span);
    }
    return literal(-value.value, span);
  }
  return { kind: 'negate', type: INT64, operand: coerce(value, INT64), span };
}

export function complement(env: Env, operand: HirExpr, span: Span): HirExpr {
  const value = asInteger(env, operand, "The operand of '~'");
  if (value === null) return unknownExpr(span);
  if (value.kind === 'const') return constant(wrap(~value.value, UINT64), UINT64, span);
  return { kind: 'complement', type: UINT64, operand: coerce(value, UINT64), span };
}
