/** A map in bpftrace's JSON form: one object; null when there is nothing to print. */
import { bucketBounds, type Histogram } from './bucket.ts';
import { occupied } from './histogram-text.ts';
import { narrow } from './integer.ts';
import { datumJson, intJson, keyName, objectJson } from './json.ts';
import type { MapView, SeriesPoint, ViewValue } from './map-view.ts';
import { isoTime } from './series-text.ts';

export function mapJson(view: MapView): string | null {
  const first = view.entries[0];
  if (first === undefined) return null;
  const data = view.scalar
    ? valueJson(first.value)
    : objectJson(view.entries.map(({ key, value }) => [keyName(key), valueJson(value)]));
  return messageJson(view.kind, objectJson([[view.name, data]]));
}

export function messageJson(type: string, data: string): string {
  return `{"type": "${type}", "data": ${data}}`;
}

function valueJson(value: ViewValue): string {
  switch (value.kind) {
    case 'datum':
      return datumJson(value.datum);
    case 'histogram':
      return histogramJson(value.histogram, value.counts, value.div);
    case 'series':
      return `[${value.points
        .filter(({ value: point }) => point !== null)
        .map(pointJson)
        .join(',')}]`;
  }
}

function pointJson(point: SeriesPoint): string {
  return `{"interval_start":"${isoTime(point.time)}","value":${point.value ?? 'null'}}`;
}

/** Closed ranges: max is the last value that belongs to the bucket. */
function histogramJson(histogram: Histogram, counts: Float64Array, div: number): string {
  const range = occupied(counts);
  if (range === null) return '[]';
  const buckets: string[] = [];
  for (let index = range[0]; index <= range[1]; index++) {
    const { lower, upper } = bucketBounds(histogram, index);
    const count = counts[index] ?? 0;
    const members = [
      ...(lower === null ? [] : [`"min": ${intJson(narrow(lower))}`]),
      ...(upper === null ? [] : [`"max": ${intJson(narrow(upper - 1n))}`]),
      `"count": ${histogram.kind === 'hist' ? Math.floor(count / div) : count}`,
    ];
    buckets.push(`{${members.join(', ')}}`);
  }
  return `[${buckets.join(', ')}]`;
}
