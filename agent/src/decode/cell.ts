/**
 * One element of a map, its per-CPU copies folded. Layouts of the copies are those of compiler/program.ts (Storage):
 * count/sum u64; min/max {u64 value, u64 set}; avg/stats {u64 total, u64 count}; hist/lhist u64 per bucket;
 * tseries per interval {u64 value, u64 meta, u64 epoch}.
 */
import type { Aggregate, Type } from '../language/types.ts';
import { add, divide, readInteger, readUnsigned64, compare, type Int } from './integer.ts';

export type Cell =
  /** A value of the map's own type, as bytes. */
  | { readonly kind: 'plain'; readonly bytes: Uint8Array }
  | { readonly kind: 'number'; readonly value: Int }
  /** min, max; null: nothing seen. */
  | { readonly kind: 'extreme'; readonly value: Int | null }
  | { readonly kind: 'average'; readonly total: Int; readonly count: Int }
  /** Doubles: a bucket holds less than 2^53. */
  | { readonly kind: 'histogram'; readonly counts: Float64Array }
  /** Interval number since the clock's start to value. */
  | { readonly kind: 'series'; readonly values: ReadonlyMap<bigint, Int> };

/** Where the copies of a value are: `copies` of `size` bytes from `offset` on, `stride` apart. */
export interface Copies {
  readonly offset: number;
  readonly stride: number;
  readonly copies: number;
  readonly size: number;
}

export function readCell(type: Type, view: DataView, at: Copies): Cell {
  if (type.kind === 'aggregate') return FOLDS[type.of.kind](type.of, view, at);
  return { kind: 'plain', bytes: at.copies === 1 ? copyOf(view, at, 0) : foldPlain(type, view, at) };
}

const copyOf = (view: DataView, at: Copies, cpu: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at.offset + cpu * at.stride, at.size).slice();

/** Maps declared as per-CPU: the sum of integers; of anything else the first that was set. */
function foldPlain(type: Type, view: DataView, at: Copies): Uint8Array {
  if (type.kind === 'int') {
    const sum = new DataView(new ArrayBuffer(8));
    sum.setBigInt64(0, BigInt(sumOf(view, at, type.size, type.signed)), true);
    return new Uint8Array(sum.buffer, 0, at.size);
  }
  const copies = Array.from({ length: at.copies }, (_, cpu) => copyOf(view, at, cpu));
  return copies.find((bytes) => bytes.some((byte) => byte !== 0)) ?? copyOf(view, at, 0);
}

function sumOf(view: DataView, at: Copies, size: number, signed: boolean): Int {
  let sum: Int = 0;
  for (let cpu = 0; cpu < at.copies; cpu++) {
    sum = add(sum, readInteger(view, at.offset + cpu * at.stride, size, signed), signed);
  }
  return sum;
}

type Fold = (of: Aggregate, view: DataView, at: Copies) => Cell;

const signedOf = (of: Aggregate): boolean => 'signed' in of && of.signed;

function foldNumber(of: Aggregate, view: DataView, at: Copies): Cell {
  return { kind: 'number', value: sumOf(view, at, 8, signedOf(of)) };
}

function foldExtreme(of: Aggregate, view: DataView, at: Copies): Cell {
  const signed = signedOf(of);
  let value: Int | null = null;
  for (let cpu = 0; cpu < at.copies; cpu++) {
    const offset = at.offset + cpu * at.stride;
    if (view.getUint32(offset + 8, true) === 0 && view.getUint32(offset + 12, true) === 0) continue;
    const candidate = readInteger(view, offset, 8, signed);
    const order = value === null ? 0 : compare(candidate, value);
    if (value === null || (of.kind === 'min' ? order < 0 : order > 0)) value = candidate;
  }
  return { kind: 'extreme', value };
}

function foldAverage(of: Aggregate, view: DataView, at: Copies): Cell {
  const signed = signedOf(of);
  let total: Int = 0;
  let count: Int = 0;
  for (let cpu = 0; cpu < at.copies; cpu++) {
    const offset = at.offset + cpu * at.stride;
    total = add(total, readInteger(view, offset, 8, signed), signed);
    count = add(count, readUnsigned64(view, offset + 8), false);
  }
  return { kind: 'average', total, count };
}

function foldHistogram(_of: Aggregate, view: DataView, at: Copies): Cell {
  const counts = new Float64Array(at.size >>> 3);
  for (let cpu = 0; cpu < at.copies; cpu++) {
    let offset = at.offset + cpu * at.stride;
    for (let bucket = 0; bucket < counts.length; bucket++, offset += 8) {
      const low = view.getUint32(offset, true);
      const high = view.getUint32(offset + 4, true);
      if (low !== 0 || high !== 0) counts[bucket]! += high * 4294967296 + low;
    }
  }
  return { kind: 'histogram', counts };
}

/** Slots of 24 bytes, one per interval modulo their number; the copies of one interval are folded by the series' function. */
function foldSeries(of: Aggregate, view: DataView, at: Copies): Cell {
  if (of.kind !== 'tseries') throw new Error('not a tseries');
  const found = new Map<bigint, { value: Int; meta: Int }>();
  for (let cpu = 0; cpu < at.copies; cpu++) {
    const start = at.offset + cpu * at.stride;
    for (let offset = start; offset + 24 <= start + at.size; offset += 24) {
      const epoch = view.getBigUint64(offset + 16, true);
      if (epoch === 0n) continue;
      const value = readInteger(view, offset, 8, of.signed);
      const meta = readUnsigned64(view, offset + 8);
      const before = found.get(epoch);
      found.set(epoch, before === undefined ? { value, meta } : mergeSlot(of.fold, before, { value, meta }, of.signed));
    }
  }
  const values = new Map<bigint, Int>();
  for (const [epoch, slot] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    values.set(epoch, of.fold === 'avg' ? divide(slot.value, slot.meta) : slot.value);
  }
  return { kind: 'series', values };
}

interface Slot {
  readonly value: Int;
  /** avg: how many; last: when (ns). */
  readonly meta: Int;
}

function mergeSlot(fold: string, a: Slot, b: Slot, signed: boolean): Slot {
  switch (fold) {
    case 'last':
      return compare(b.meta, a.meta) > 0 ? b : a;
    case 'min':
      return compare(b.value, a.value) < 0 ? b : a;
    case 'max':
      return compare(b.value, a.value) > 0 ? b : a;
    default:
      return { value: add(a.value, b.value, signed), meta: add(a.meta, b.meta, false) };
  }
}

const FOLDS: Record<Aggregate['kind'], Fold> = {
  count: foldNumber,
  sum: foldNumber,
  min: foldExtreme,
  max: foldExtreme,
  avg: foldAverage,
  stats: foldAverage,
  hist: foldHistogram,
  lhist: foldHistogram,
  tseries: foldSeries,
};
