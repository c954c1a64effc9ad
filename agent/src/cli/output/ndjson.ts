/**
 * Our own lossless format: one JSON object a line, each with its time in Unix milliseconds. Keys are arrays, 64-bit
 * integers beyond 2^53 are strings, bucket bounds are `[lower, upper)` with null for open ends.
 */
import { bucketBounds } from '../../decode/bucket.ts';
import { isInt, type Datum } from '../../decode/datum.ts';
import { narrow, type Int } from '../../decode/integer.ts';
import { occupied } from '../../decode/histogram-text.ts';
import type { MapView, ViewValue } from '../../decode/map-view.ts';
import type { Place, Printer, Streams } from './printer.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const intValue = (value: Int): Json => (typeof value === 'bigint' ? value.toString() : value);
const boundValue = (value: bigint | null): Json => (value === null ? null : intValue(narrow(value)));

function plain(value: Datum): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (isInt(value)) return intValue(value);
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  switch (value.kind) {
    case 'symbol':
      return { name: value.symbol, value: intValue(value.number) };
    case 'array':
    case 'tuple':
      return value.values.map(plain);
    case 'record':
      return Object.fromEntries(value.fields.map(([name, field]) => [name, plain(field)]));
    case 'stack':
      return { frames: [...value.frames] };
  }
}

function viewValue(value: ViewValue): Json {
  switch (value.kind) {
    case 'datum':
      return plain(value.datum);
    case 'series':
      return value.points.map((point) => ({
        time: Number(point.time / 1_000_000n),
        value: point.value === null ? null : intValue(point.value),
      }));
    case 'histogram': {
      const range = occupied(value.counts);
      if (range === null) return [];
      const buckets: Json[] = [];
      for (let index = range[0]; index <= range[1]; index++) {
        const { lower, upper } = bucketBounds(value.histogram, index);
        buckets.push({ lower: boundValue(lower), upper: boundValue(upper), count: value.counts[index] ?? 0 });
      }
      return buckets;
    }
  }
}

function keyParts(key: Datum): Json[] {
  return key !== null && typeof key === 'object' && 'kind' in key && key.kind === 'tuple'
    ? key.values.map(plain)
    : [plain(key)];
}

const mapRecord = (view: MapView): Record<string, Json> => ({
  name: view.name,
  kind: view.kind,
  entries: view.entries.map(({ key, value }) => ({ key: view.scalar ? [] : keyParts(key), value: viewValue(value) })),
});

const placeRecord = ({ file, line, column }: Place): Record<string, Json> => ({ file, line, column });

export function ndjsonPrinter({ out }: Streams): Printer {
  const write = (type: string, members: Record<string, Json>): void =>
    out(`${JSON.stringify({ type, time: Date.now(), ...members })}\n`);
  return {
    attached: (probes) => write('attached', { probes }),
    text: (text, values) => write('printf', { text, values: values.map(plain) }),
    message: (kind, text, _rendered, place) => write(kind, { text, ...placeRecord(place) }),
    value: (value) => write('value', { value: plain(value) }),
    map: (view) => write('map', mapRecord(view)),
    time: (text) => write('time', { text }),
    join: (text) => write('join', { text }),
    cat: (text) => write('cat', { text }),
    system: (text) => write('system', { text }),
    runtimeError: (message, _rendered, place, { helper, code }) =>
      write('runtime-error', { message, helper, code, ...placeRecord(place) }),
    benchmarks: (found) => found.forEach((one) => write('benchmark', { ...one })),
    test: (event) => event.kind === 'end' && write('test', { ...event.result }),
    lost: (events) => write('lost', { events }),
    notice: (code, text, samples) => write('notice', { code, text, samples }),
    end: () => undefined,
  };
}
