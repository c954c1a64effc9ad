/** Arithmetic on bucket counts. Everything here is exact except `quantile`, which interpolates inside one bucket. */
import type { Bucket } from '@bpfscope/agent/protocol';

type Counts = readonly (number | null)[];

/** Adds series bucket by bucket. A step is null only where no series was collected: a gap stays a gap. */
export function mergeSeries(
  series: readonly (readonly Counts[])[],
  buckets: number,
  steps: number,
): (number | null)[][] {
  const merged = Array.from({ length: buckets }, () => new Array<number | null>(steps).fill(null));
  for (const counts of series) {
    for (let bucket = 0; bucket < buckets; bucket++) {
      const row = merged[bucket];
      const from = counts[bucket];
      if (!row || !from) continue;
      for (let step = 0; step < steps; step++) {
        const value = from[step] ?? null;
        if (value !== null) row[step] = (row[step] ?? 0) + value;
      }
    }
  }
  return merged;
}

/** One count per bucket over all collected steps; null when no step was collected. */
export function totals(counts: readonly Counts[]): number[] | null {
  let collected = false;
  const sums = counts.map((row) => {
    let sum = 0;
    for (const value of row) {
      if (value === null) continue;
      collected = true;
      sum += value;
    }
    return sum;
  });
  return collected ? sums : null;
}

/** The counts of one step; null when it was not collected. */
export function atStep(counts: readonly Counts[], step: number): number[] | null {
  if (counts.every((row) => (row[step] ?? null) === null)) return null;
  return counts.map((row) => row[step] ?? 0);
}

export const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/**
 * Estimated quantile: the bucket is exact, the place inside it is interpolated linearly, as Prometheus does for classic
 * histograms. In an open bucket the finite bound is all that is known. null: nothing was counted.
 */
export function quantile(buckets: readonly Bucket[], counts: readonly number[], q: number): number | null {
  const total = sum(counts);
  if (total <= 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [index, bucket] of buckets.entries()) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    if (below + count >= rank) {
      const { lower, upper } = bucket;
      if (lower === null) return upper;
      if (upper === null) return lower;
      return lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return null;
}

/** Events in buckets that lie wholly at or above the threshold; `exact` when the threshold is itself a bound. */
export function countAbove(
  buckets: readonly Bucket[],
  counts: readonly number[],
  threshold: number,
): { count: number; exact: boolean } {
  let count = 0;
  let exact = true;
  for (const [index, { lower, upper }] of buckets.entries()) {
    if (lower !== null && lower >= threshold) count += counts[index] ?? 0;
    else if (upper === null || upper > threshold) exact &&= (counts[index] ?? 0) === 0;
  }
  return { count, exact };
}
