/** Steps of one map to one output of an answer: aligned times, contiguous buckets, gaps as null. */
import { bucketBounds, type Histogram } from '../decode/bucket.ts';
import type { UserMap } from '../compiler/program.ts';
import type { Type } from '../language/types.ts';
import type { Bucket, HistogramOutput, KeyColumn, NumberOutput, Output, Value } from '../protocol/index.ts';
import type { StepDeltas } from './accumulator.ts';
import { merge, type Delta } from './delta.ts';
import type { KeyTable } from './key-table.ts';
import { keyLabels } from './label.ts';
import { columnType, datumValue, intValue, keyValue } from './plain-value.ts';

/** The points of an answer: null where nothing was collected. */
export interface Point {
  readonly time: number;
  readonly deltas: StepDeltas | null;
}

export interface MapOutputOptions {
  readonly map: UserMap;
  readonly keys: KeyTable;
  readonly source: string;
  readonly labels: readonly string[] | undefined;
  readonly unit: string | null;
}

/** An answer with more series than anyone can look at helps nobody; the largest are kept. */
export const MOST_SERIES = 1000;

export interface MapOutput {
  readonly output: Output;
  /** Series left out because there were more than MOST_SERIES. */
  readonly cut: number;
}

export function mapOutput(points: readonly Point[], options: MapOutputOptions): MapOutput {
  const ids = largestFirst(points, options.map.key === null);
  const kept = ids.slice(0, MOST_SERIES);
  const base = {
    name: options.map.name,
    unit: options.unit,
    keys: keyColumns(options),
    times: points.map(({ time }) => time),
  };
  const histogram = histogramOf(options.map.value);
  const output: Output =
    histogram === null
      ? { ...base, kind: numberKind(options.map.value), series: numberSeries(points, kept, options) }
      : { ...base, kind: 'histogram', ...histogramSeries(points, kept, histogram, options) };
  return { output, cut: ids.length - kept.length };
}

/** What a map of this value type comes out as. */
export function outputKind(value: Type): Output['kind'] {
  return histogramOf(value) === null ? numberKind(value) : 'histogram';
}

/** Sums consecutive steps. */
export function mergeSteps(steps: readonly StepDeltas[]): StepDeltas {
  const first = steps[0];
  if (steps.length === 1 && first !== undefined) return first;
  const sum = new Map<number, Delta>();
  for (const step of steps) {
    for (const [id, delta] of step) {
      const before = sum.get(id);
      sum.set(id, before === undefined ? delta : merge(before, delta));
    }
  }
  return sum;
}

function histogramOf(value: Type): Histogram | null {
  return value.kind === 'aggregate' && (value.of.kind === 'hist' || value.of.kind === 'lhist') ? value.of : null;
}

function numberKind(value: Type): NumberOutput['kind'] {
  if (value.kind !== 'aggregate') return 'gauge';
  switch (value.of.kind) {
    case 'count':
    case 'sum':
      return 'counter';
    case 'avg':
    case 'stats':
      return 'average';
    case 'min':
      return 'minimum';
    case 'max':
      return 'maximum';
    default:
      return 'gauge';
  }
}

export function keyColumns({ map, source, labels }: Pick<MapOutputOptions, 'map' | 'source' | 'labels'>): KeyColumn[] {
  if (map.key === null) return [];
  const types = map.key.kind === 'tuple' ? map.key.elements : [map.key];
  const names = keyLabels(source, map.name, types.length);
  return types.map((type, index) => ({
    name: labels?.[index] ?? names[index] ?? `key${index}`,
    type: columnType(type),
  }));
}

/** Ids of all keys in the points by weight, heaviest first. A scalar map has its one key even when nothing happened. */
function largestFirst(points: readonly Point[], scalar: boolean): number[] {
  const weights = new Map<number, number>();
  if (scalar) weights.set(0, 0);
  for (const { deltas } of points) {
    for (const [id, delta] of deltas ?? []) weights.set(id, (weights.get(id) ?? 0) + weightOf(delta));
  }
  return [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id]) => id);
}

/** How much a delta counts for: what series are ordered by. */
export function weightOf(delta: Delta): number {
  switch (delta.kind) {
    case 'number':
    case 'extreme':
      return Number(delta.value);
    case 'average':
      return Number(delta.count);
    case 'histogram':
      return delta.counts.reduce((sum, count) => sum + count, 0);
    case 'gauge':
      return typeof delta.value === 'number' ? delta.value : 0;
  }
}

/** In a collected step, a counter that did not move is 0; an extreme or gauge that was not seen is null. */
function numberSeries(
  points: readonly Point[],
  ids: readonly number[],
  { map, keys }: MapOutputOptions,
): NumberOutput['series'] {
  const kind = numberKind(map.value);
  const idle: Value = kind === 'counter' || kind === 'average' ? 0 : null;
  return ids.map((id) => {
    const values: Value[] = [];
    const counts: (number | null)[] = [];
    for (const { deltas } of points) {
      const delta = deltas?.get(id);
      values.push(deltas === null ? null : delta === undefined ? idle : numberValue(delta));
      counts.push(deltas === null ? null : delta?.kind === 'average' ? Number(delta.count) : 0);
    }
    const key = keys.parts(id).map(keyValue);
    return kind === 'average' ? { key, values, counts } : { key, values };
  });
}

function numberValue(delta: Delta): Value {
  switch (delta.kind) {
    case 'number':
    case 'extreme':
      return intValue(delta.value);
    case 'average':
      return intValue(delta.total);
    case 'gauge':
      return datumValue(delta.value);
    case 'histogram':
      return null;
  }
}

function histogramSeries(
  points: readonly Point[],
  ids: readonly number[],
  histogram: Histogram,
  { keys }: MapOutputOptions,
): Pick<HistogramOutput, 'buckets' | 'series'> {
  const [first, last] = occupiedRange(points);
  const indices = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
  const buckets = indices.map((index): Bucket => {
    const { lower, upper } = bucketBounds(histogram, index);
    return { lower: lower === null ? null : Number(lower), upper: upper === null ? null : Number(upper) };
  });
  const series = ids.map((id) => ({
    key: keys.parts(id).map(keyValue),
    counts: indices.map((index) =>
      points.map(({ deltas }) => (deltas === null ? null : countOf(deltas.get(id), index))),
    ),
  }));
  return { buckets, series };
}

function occupiedRange(points: readonly Point[]): [number, number] {
  let first = Infinity;
  let last = -1;
  for (const { deltas } of points) {
    for (const delta of deltas?.values() ?? []) {
      if (delta.kind !== 'histogram') continue;
      first = Math.min(first, delta.first);
      last = Math.max(last, delta.first + delta.counts.length - 1);
    }
  }
  return first === Infinity ? [0, -1] : [first, last];
}

function countOf(delta: Delta | undefined, index: number): number {
  return delta?.kind === 'histogram' ? (delta.counts[index - delta.first] ?? 0) : 0;
}
