/** Whatever an agent may answer and a person may ask: frames that Grafana can read, or one sentence. */
import type { Bucket, KeyColumn, Output } from '@bpfscope/agent/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapAnswer } from './mapping.ts';
import { DEFAULT_QUERY, FORMATS, REDUCERS, type BpfQuery } from './query.ts';
import { columnNames } from './series.ts';
import { answerOf } from './testing.ts';

const STEPS = 3;
const name = fc.constantFrom('@', '@a', '@b', 'printf');
const unit = fc.constantFrom('ns', 'µs', 'bytes', 'short', 'apples', null);
const times = fc.constant(Array.from({ length: STEPS }, (_, step) => (step + 1) * 1000));
const columns: fc.Arbitrary<KeyColumn[]> = fc.array(
  fc.record({
    name: fc.constantFrom('comm', 'comm_2', 'pid', '__proto__', ''),
    type: fc.constantFrom('number', 'string', 'boolean', 'stack'),
  }),
  { maxLength: 3 },
);
const part = (type: KeyColumn['type']): fc.Arbitrary<unknown> => {
  if (type === 'stack') return fc.array(fc.string(), { maxLength: 4 });
  return fc.oneof(fc.string(), fc.integer(), fc.boolean());
};
const keyOf = (keys: readonly KeyColumn[]) => fc.tuple(...keys.map(({ type }) => part(type)));
const value = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant('18446744073709551615'),
  fc.constant(null),
);
const steps = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: STEPS, maxLength: STEPS });
const bounds: fc.Arbitrary<Bucket[]> = fc
  .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 6 })
  .map((all) => all.sort((a, b) => a - b))
  .map((all) => [
    { lower: null, upper: all[0] ?? 0 },
    ...all.slice(1).map((upper, index) => ({ lower: all[index] ?? 0, upper })),
    { lower: all.at(-1) ?? 0, upper: null },
  ]);

const histogram = fc.tuple(columns, bounds).chain(([keys, buckets]) =>
  fc.record({
    kind: fc.constant('histogram' as const),
    name,
    unit,
    times,
    keys: fc.constant(keys),
    buckets: fc.constant(buckets),
    series: fc.array(
      fc.record({
        key: keyOf(keys),
        counts: fc.array(steps(fc.option(fc.nat())), { minLength: buckets.length, maxLength: buckets.length }),
      }),
      { maxLength: 4 },
    ),
  }),
);
const numbers = columns.chain((keys) =>
  fc.record({
    kind: fc.constantFrom(
      'counter' as const,
      'average' as const,
      'minimum' as const,
      'maximum' as const,
      'gauge' as const,
    ),
    name,
    unit,
    times,
    keys: fc.constant(keys),
    series: fc.array(fc.record({ key: keyOf(keys), values: steps(value), counts: steps(fc.option(fc.nat())) }), {
      maxLength: 4,
    }),
  }),
);
const events = columns.chain((keys) =>
  fc.record({
    kind: fc.constant('events' as const),
    name,
    unit,
    times: fc.constant([]),
    keys: fc.constant([]),
    columns: fc.constant(keys),
    rows: fc.array(
      fc.record(
        { time: fc.nat(), values: fc.tuple(...keys.map(() => value)), text: fc.string() },
        { requiredKeys: ['time', 'values'] },
      ),
      { maxLength: 4 },
    ),
  }),
);
const answer = fc
  .array(fc.oneof(histogram, numbers, events), { maxLength: 4 })
  .map((outputs) => answerOf(outputs as unknown as Output[]));
const query: fc.Arbitrary<BpfQuery> = fc.record({
  version: fc.constant(1 as const),
  mode: fc.constant('code' as const),
  metric: fc.constant(''),
  query: fc.constant('q'),
  params: fc.constant([]),
  format: fc.constantFrom(...FORMATS),
  output: fc.constantFrom('', '@a', '@none'),
  legend: fc.constantFrom('', '{{comm}}', '{{'),
  counters: fc.constantFrom('rate' as const, 'increase' as const),
  quantiles: fc.constant(DEFAULT_QUERY.quantiles),
  limit: fc.integer({ min: 1, max: 5 }),
  reducer: fc.constantFrom(...REDUCERS),
  quantile: fc.double({ min: 0, max: 1, noNaN: true }),
  threshold: fc.integer(),
});

test('is mapped to frames of equal columns and typed values', () => {
  fc.assert(
    fc.property(answer, query, fc.boolean(), (given, asked, alert) => {
      const { frames, problem } = mapAnswer(given, asked, { refId: 'A', alert });
      expect(problem === undefined).toBe(frames.length > 0);
      for (const { fields, refId } of frames) {
        expect(refId).toBe('A');
        expect(new Set(fields.map(({ values }) => values.length)).size).toBeLessThanOrEqual(1);
        for (const { name: called, type, values } of fields) {
          expect(called).not.toBe('');
          const wanted = type === 'time' ? 'number' : type;
          for (const one of values) if (one !== null) expect(typeof one).toBe(wanted);
          for (const one of values) if (typeof one === 'number') expect(Number.isNaN(one)).toBe(false);
        }
      }
      // Alerting refuses a frame type it does not know, and two values in one frame.
      if (alert) {
        for (const { meta, fields } of frames) {
          if (meta?.type === undefined) continue;
          expect(['numeric-multi', 'timeseries-multi']).toContain(meta.type);
          expect(fields.filter(({ type }) => type === 'number').length).toBeLessThanOrEqual(1);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('names of columns are unique and not empty, whatever the query calls them', () => {
  const columnList = fc.array(
    fc.record({ name: fc.constantFrom('', 'a', 'a_2', 'key1'), type: fc.constant('string' as const) }),
  );
  fc.assert(
    fc.property(columnList, (all) => {
      const names = columnNames(all);
      expect(new Set(names).size).toBe(all.length);
      expect(names).not.toContain('');
    }),
  );
});
