/**
 * Bounds of histogram buckets, `[lower, upper)`, by the index that the kernel side counts in.
 *
 * hist with k bits: index 0 counts negative values; from index 1 on, the first 2^(k+1) buckets hold one value each, then
 * every power of two is split in 2^k buckets of equal width. lhist: index 0 is below min, the last one is max and above.
 */
import type { Aggregate } from '../language/types.ts';

export interface Bounds {
  /** null: everything below upper. */
  readonly lower: bigint | null;
  /** null: everything from lower on. */
  readonly upper: bigint | null;
}

export type Histogram = Extract<Aggregate, { kind: 'hist' | 'lhist' }>;

function histLower(index: number, bits: number): bigint {
  const parts = 1 << bits;
  const position = index - 1;
  if (position < parts) return BigInt(position);
  const power = (position >> bits) - 1;
  return BigInt(parts + (position & (parts - 1))) << BigInt(power);
}

export function bucketBounds(histogram: Histogram, index: number): Bounds {
  if (histogram.kind === 'hist') {
    if (index === 0) return { lower: null, upper: 0n };
    return { lower: histLower(index, histogram.bits), upper: histLower(index + 1, histogram.bits) };
  }
  const { min, max, step } = histogram;
  if (index === 0) return { lower: null, upper: min };
  const lower = min + BigInt(index - 1) * step;
  const last = Number((max - min) / step) + 1;
  return { lower, upper: index >= last ? null : lower + step };
}

/** Index of the bucket that a value is counted in: the kernel side's rule, for tests and for checking it. */
export function bucketIndex(histogram: Histogram, value: bigint): number {
  if (histogram.kind === 'lhist') {
    const { min, max, step } = histogram;
    if (value < min) return 0;
    return 1 + Number(((value > max ? max : value) - min) / step);
  }
  const bits = BigInt(histogram.bits);
  if (value < 0n) return 0;
  if (value < 1n << bits) return Number(value) + 1;
  const top = BigInt(value.toString(2).length - 1);
  const part = (value >> (top - bits)) & ((1n << bits) - 1n);
  return Number(((top - bits + 1n) << bits) + part) + 1;
}

/** How many buckets there are, so that every 64-bit value has one. */
export function bucketCount(histogram: Histogram): number {
  if (histogram.kind === 'lhist') return Number((histogram.max - histogram.min) / histogram.step) + 2;
  return bucketIndex(histogram, (1n << 63n) - 1n) + 1;
}

const SUFFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** The label of a bound in text output: powers of 1024 shortened, as bpftrace prints them. */
export function boundLabel(histogram: Histogram, bound: bigint): string {
  if (histogram.kind === 'lhist') {
    if (histogram.step % 1024n !== 0n || bound === 0n) return bound.toString();
    if (bound % 1048576n === 0n) return `${bound / 1048576n}M`;
    return bound % 1024n === 0n ? `${bound / 1024n}K` : bound.toString();
  }
  const parts = 1n << BigInt(histogram.bits);
  if (bound <= 2n * parts) return bound.toString();
  // bound = mantissa << power with mantissa in [parts, 2 * parts): whole decades of the power become the suffix.
  const power = bound.toString(2).length - 1 - histogram.bits;
  const decade = Math.floor(power / 10);
  return `${bound >> BigInt(10 * decade)}${SUFFIXES[decade] ?? ''}`;
}
