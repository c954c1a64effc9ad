/** Casts: between integers, pointers and bools; from numbers and arrays to objects. */
import { sameType } from '../../language/check/same-type.ts';
import { elementOffsets, elementTypes, paddingOf, sizeOf } from '../../language/layout.ts';
import type { HirExpr } from '../../language/hir.ts';
import type { Type } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import { arithmetic } from './arithmetic.ts';
import type { Context } from './context.ts';
import { conditionValue } from './condition.ts';
import { lowerDirect, lowerInto, lowerValue } from './expression.ts';
import { clear, copy, loadInt, loadScalar, readString, storeInt, storeScalar, within, type Memory } from './memory.ts';
import { objectOf } from './object.ts';
import { isMade } from './expression.ts';
import { asNumber, mayBePointer, moved } from './pointer-value.ts';
import { extend, fits, isScalar, isSigned, scalarSize } from './scalar.ts';

type Cast = Extract<HirExpr, { kind: 'cast' }>;

export function lowerCast(cx: Context, e: Cast): Value {
  const from = e.operand.type;
  if (e.type.kind === 'bool' && from.kind !== 'bool' && isScalar(from)) return conditionValue(cx, e.operand);
  const start = moved(e);
  if (start !== null && e.operand.kind === 'arithmetic') {
    const { op, right, type, span } = e.operand;
    return arithmetic(cx, op, lowerValue(cx, start), lowerValue(cx, right), type, span);
  }
  if (isScalar(from)) {
    const plain = lowerValue(cx, e.operand);
    const value = e.type.kind !== 'pointer' && mayBePointer(cx, e.operand) ? asNumber(cx, plain) : plain;
    return fits(from, e.type) ? value : extend(cx.b, value, scalarSize(e.type), isSigned(e.type));
  }
  // A byte array as a number of its size.
  return cx.b.scope(() => loadInt(cx, lowerDirect(cx, e.operand), scalarSize(e.type), isSigned(e.type)));
}

/** An object of one type as another: numbers to arrays, arrays and strings to strings. */
export function castInto(cx: Context, e: Cast, to: Memory): void {
  const from = e.operand.type;
  const size = sizeOf(e.type);
  if (isScalar(from)) {
    const value = lowerValue(cx, e.operand);
    const bytes = Math.min(8, size);
    // Sizes that are no power of two go in pieces: 6 bytes are 4 and 2.
    let done = 0;
    for (const piece of [8, 4, 2, 1] as const) {
      if (bytes - done < piece) continue;
      storeInt(cx, within(to, done), piece, done === 0 ? value : cx.b.alu('rsh', value, BigInt(done * 8)));
      done += piece;
    }
    if (size > bytes) clear(cx, within(to, bytes), size - bytes);
    return;
  }
  if (e.type.kind === 'string') return stringInto(cx, e.operand, to, size);
  if (elementTypes(e.type) !== null && elementTypes(from) !== null) {
    return memoryInto(cx, lowerDirect(cx, e.operand), from, to, e.type);
  }
  if (e.type.kind === from.kind && sizeOf(from) === size) return lowerInto(cx, e.operand, to);
  widenInto(cx, e.operand, to, size);
}

/** Strings and character arrays; the rest of a longer target is zeros. */
function stringInto(cx: Context, operand: HirExpr, to: Memory, size: number): void {
  const have = sizeOf(operand.type);
  if (!isMade(operand) && have <= size) {
    lowerInto(cx, operand, to);
    clear(cx, within(to, have), size - have);
    return;
  }
  const from = isMade(operand) && operand.kind !== 'map' ? objectOf(cx, operand) : lowerDirect(cx, operand);
  if (from.space !== 'bpf' && operand.type.kind === 'string') {
    readString(cx, from, to, size, BigInt(Math.min(have, size)));
    return;
  }
  const bytes = Math.min(have, size);
  if (operand.type.kind === 'string' && have === cx.module.hir.config.max_strlen && have !== size) {
    // The mark of a string that was cut off must not become a character.
    readString(cx, from, to, size, BigInt(bytes));
    return;
  }
  copy(cx, from, to, bytes);
  if (have < size) clear(cx, within(to, have), size - have);
  else storeInt(cx, within(to, size - 1), 1, 0n);
}

/** Tuples and records whose elements are wider where they go to; nothing of `to` stays as it was. */
function memoryInto(cx: Context, source: Memory, from: Type, to: Memory, type: Type): void {
  const [wide, narrow] = [elementTypes(type), elementTypes(from)];
  if (wide !== null && narrow !== null && !sameType(from, type)) {
    for (const hole of paddingOf(type)) clear(cx, within(to, hole.start), hole.end - hole.start);
    const [starts, ends] = [elementOffsets(from), elementOffsets(type)];
    wide.forEach((one, n) => {
      memoryInto(cx, within(source, starts[n] ?? 0), narrow[n] ?? one, within(to, ends[n] ?? 0), one);
    });
  } else if (isScalar(type) && isScalar(from)) {
    storeScalar(cx, to, type, loadScalar(cx, source, from));
  } else {
    const [have, size] = [sizeOf(from), sizeOf(type)];
    copy(cx, source, to, Math.min(have, size));
    if (have < size) clear(cx, within(to, have), size - have);
  }
}

/** Buffers and others that got longer. */
function widenInto(cx: Context, operand: HirExpr, to: Memory, size: number): void {
  const have = sizeOf(operand.type);
  const from = lowerDirect(cx, operand);
  copy(cx, from, to, Math.min(have, size));
  if (have < size) clear(cx, within(to, have), size - have);
}
