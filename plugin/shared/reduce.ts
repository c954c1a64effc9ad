/** One number for a time range: what an alert rule compares and what format `number` shows. */
import { points, toNumber, total, type NumberSeries } from './numbers.ts';
import { atStep, countAbove, quantile, sum, totals } from './histogram.ts';
import type { BpfQuery, Reducer } from './query.ts';
import type { HistogramOutput, NumberOutput } from '@bpfscope/agent/protocol';

type Numbers = readonly number[];

/** Linear between the two nearest ranks; values need not be sorted. */
export function quantileOfValues(values: Numbers, q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}

type Fold = (values: Numbers, query: BpfQuery) => number | null;
const mean: Fold = (values) => values.reduce((whole, value) => whole + value, 0) / values.length;

/** On the collected steps, at least one. */
const FOLDS: Readonly<Record<Exclude<Reducer, 'none' | 'auto'>, Fold>> = {
  last: (values) => values.at(-1) ?? null,
  mean,
  sum: (values) => values.reduce((whole, value) => whole + value, 0),
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  count: (values) => values.length,
  quantile: (values, { quantile: q }) => quantileOfValues(values, q),
  above: (values, { threshold }) => values.filter((value) => value >= threshold).length,
};

const fold = (values: readonly (number | null)[], reducer: keyof typeof FOLDS, query: BpfQuery): number | null => {
  const collected = values.filter((value) => value !== null);
  return collected.length === 0 ? null : FOLDS[reducer](collected, query);
};

/** `sum` of a counter is its exact increase whatever the chart shows; the mean of an average weighs by its counts. */
export function reduceNumbers(
  output: NumberOutput,
  series: NumberSeries,
  step: number,
  query: BpfQuery,
): number | null {
  const reducer = query.reducer === 'auto' || query.reducer === 'none' ? 'last' : query.reducer;
  if (output.kind === 'counter' && (reducer === 'sum' || reducer === 'count')) return total('counter', series);
  if (output.kind === 'average' && reducer === 'mean') return total('average', series);
  if (output.kind === 'average' && reducer === 'sum') return fold(series.values.map(toNumber), 'sum', query);
  if (output.kind === 'average' && reducer === 'count') return fold(series.counts ?? [], 'sum', query);
  return fold(points(output, series, step, query.counters), reducer, query);
}

export interface Reduced {
  value: number | null;
  /** Why the number is a bound and not exact; absent when it is as exact as the buckets are. */
  inexact?: string;
}

/** `last`, `mean`, `min` and `max` of a histogram are of the quantile in each step. */
export function reduceHistogram(
  { buckets, times }: HistogramOutput,
  counts: HistogramOutput['series'][number]['counts'],
  query: BpfQuery,
): Reduced {
  const whole = totals(counts);
  if (whole === null) return { value: null };
  switch (query.reducer) {
    case 'auto':
    case 'none':
    case 'quantile':
      return { value: quantile(buckets, whole, query.quantile) };
    case 'sum':
    case 'count':
      return { value: sum(whole) };
    case 'above': {
      const { count, exact } = countAbove(buckets, whole, query.threshold);
      if (exact) return { value: count };
      return {
        value: count,
        inexact: `The threshold ${query.threshold} lies inside a bucket: the events of that bucket are not counted.`,
      };
    }
    default: {
      const perStep = times.map((_, step) => {
        const at = atStep(counts, step);
        return at === null ? null : quantile(buckets, at, query.quantile);
      });
      return { value: fold(perStep, query.reducer, query) };
    }
  }
}
