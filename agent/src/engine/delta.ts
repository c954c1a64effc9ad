/** What one step added to one map element, and how steps add up. */
import { type Cell } from '../decode/cell.ts';
import { add, compare, subtract, type Int } from '../decode/integer.ts';
import type { Datum } from '../decode/datum.ts';

export type Delta =
  | { readonly kind: 'number'; readonly value: Int; readonly signed: boolean }
  | { readonly kind: 'average'; readonly total: Int; readonly count: Int; readonly signed: boolean }
  /** Counts of buckets from `first` on; none outside. */
  | { readonly kind: 'histogram'; readonly first: number; readonly counts: Float64Array }
  /** The step's own extreme. */
  | { readonly kind: 'extreme'; readonly value: Int; readonly low: boolean }
  /** The value at the end of the step. */
  | { readonly kind: 'gauge'; readonly value: Datum };

/** Cumulative then and now: the increase. Counters that went down were cleared in between: what they hold is new. null: nothing. */
export function increase(before: Cell | undefined, now: Cell, signed: boolean): Delta | null {
  switch (now.kind) {
    case 'number':
      return numberIncrease(before?.kind === 'number' ? before.value : 0, now.value, signed);
    case 'average':
      return averageIncrease(before?.kind === 'average' ? before : null, now, signed);
    case 'histogram':
      return histogramIncrease(before?.kind === 'histogram' ? before.counts : null, now.counts);
    default:
      return null;
  }
}

/** A signed sum may well go down; an unsigned one only by a clear. */
function numberIncrease(before: Int, now: Int, signed: boolean): Delta | null {
  const value = !signed && compare(now, before) < 0 ? now : subtract(now, before, signed);
  return value === 0 ? null : { kind: 'number', value, signed };
}

function averageIncrease(
  before: { readonly total: Int; readonly count: Int } | null,
  now: { readonly total: Int; readonly count: Int },
  signed: boolean,
): Delta | null {
  if (before === null || compare(now.count, before.count) < 0) {
    return now.count === 0 ? null : { kind: 'average', total: now.total, count: now.count, signed };
  }
  const count = subtract(now.count, before.count, false);
  return count === 0 ? null : { kind: 'average', total: subtract(now.total, before.total, signed), count, signed };
}

function histogramIncrease(before: Float64Array | null, now: Float64Array): Delta | null {
  let first = -1;
  let last = -1;
  for (let index = 0; index < now.length; index++) {
    const difference = (now[index] ?? 0) - (before?.[index] ?? 0);
    if (difference < 0) return histogramIncrease(null, now);
    if (difference > 0) {
      if (first < 0) first = index;
      last = index;
    }
  }
  if (first < 0) return null;
  const counts = now.slice(first, last + 1);
  if (before !== null) for (let index = first; index <= last; index++) counts[index - first]! -= before[index] ?? 0;
  return { kind: 'histogram', first, counts };
}

/** Two consecutive stretches of time as one. */
export function merge(a: Delta, b: Delta): Delta {
  if (a.kind === 'number' && b.kind === 'number') return { ...a, value: add(a.value, b.value, a.signed) };
  if (a.kind === 'average' && b.kind === 'average') {
    return { ...a, total: add(a.total, b.total, a.signed), count: add(a.count, b.count, false) };
  }
  if (a.kind === 'histogram' && b.kind === 'histogram') return mergeHistograms(a, b);
  if (a.kind === 'extreme' && b.kind === 'extreme') {
    const order = compare(b.value, a.value);
    return (a.low ? order < 0 : order > 0) ? b : a;
  }
  return b;
}

type HistogramDelta = Extract<Delta, { kind: 'histogram' }>;

function mergeHistograms(a: HistogramDelta, b: HistogramDelta): HistogramDelta {
  const first = Math.min(a.first, b.first);
  const counts = new Float64Array(Math.max(a.first + a.counts.length, b.first + b.counts.length) - first);
  for (const part of [a, b]) {
    for (let index = 0; index < part.counts.length; index++)
      counts[part.first - first + index]! += part.counts[index] ?? 0;
  }
  return { kind: 'histogram', first, counts };
}

/** Rough bytes a delta holds, for the history's bound. */
export function deltaBytes(delta: Delta): number {
  return delta.kind === 'histogram' ? 160 + 8 * delta.counts.length : 80;
}
