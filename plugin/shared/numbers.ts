/** Series of numbers: points of a chart and the exact total over a range. */
import type { NumberOutput, Value } from '@bpfscope/agent/protocol';
import type { CounterMode } from './query.ts';
import { rateOf } from './unit.ts';

export type NumberSeries = NumberOutput['series'][number];
type Kind = NumberOutput['kind'];

/** Exact integers beyond 2^53 come as text; a chart shows the nearest double. */
export const toNumber = (value: Value | undefined): number | null => {
  if (value === null || value === undefined) return null;
  const parsed = typeof value === 'number' ? value : Number(value);
  return Number.isNaN(parsed) ? null : parsed;
};

/** One number a step. An average of no events is null, not zero. */
export function points(output: NumberOutput, series: NumberSeries, step: number, mode: CounterMode): (number | null)[] {
  const values = series.values.map(toNumber);
  if (output.kind === 'counter' && mode === 'rate') {
    const { scale } = rateOf(output.unit);
    return values.map((value) => (value === null ? null : (value * scale) / (step / 1000)));
  }
  if (output.kind !== 'average') return values;
  return values.map((value, index) => {
    const count = series.counts?.[index] ?? null;
    return value === null || count === null || count === 0 ? null : value / count;
  });
}

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
const add = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const TOTALS: Readonly<Record<Kind, (values: number[], counts: number[]) => number | null>> = {
  counter: (values) => add(values),
  average: (values, counts) => (add(counts) > 0 ? add(values) / add(counts) : null),
  // Math.min(...values) overflows the stack on long ranges.
  minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
  gauge: (values) => values.at(-1) ?? null,
};

/** The series' one number over the whole range: exact sum, overall average, least, most, last. null: nothing collected. */
export function total(kind: Kind, series: NumberSeries): number | null {
  const values = present(series.values.map(toNumber));
  return values.length === 0 ? null : TOTALS[kind](values, present(series.counts ?? []));
}

/** Exact decimal text of a counter's total when a double cannot hold it, else the number. */
export function exactTotal(kind: Kind, series: NumberSeries): number | string | null {
  const rounded = total(kind, series);
  if (rounded === null || Math.abs(rounded) < Number.MAX_SAFE_INTEGER) return rounded;
  if (kind === 'gauge') {
    const last = series.values.findLast((value) => value !== null);
    return typeof last === 'string' ? last : rounded;
  }
  if (kind !== 'counter') return rounded;
  try {
    return series.values
      .reduce<bigint>((whole, value) => (value === null ? whole : whole + BigInt(value)), 0n)
      .toString();
  } catch {
    return rounded; // not integers
  }
}

/** How much of the picture a series is, for choosing which to show. */
export const weight = (kind: Kind, series: NumberSeries): number => Math.abs(total(kind, series) ?? 0);
