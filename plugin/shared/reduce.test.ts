import { describe, expect, test } from 'vitest';
import { DEFAULT_QUERY, type BpfQuery, type Reducer } from './query.ts';
import { quantileOfValues, reduceHistogram, reduceNumbers } from './reduce.ts';
import { histogram, numbers } from './testing.ts';

const ask = (reducer: Reducer, more: Partial<BpfQuery> = {}): BpfQuery => ({ ...DEFAULT_QUERY, reducer, ...more });

describe('a counter of 2 s steps', () => {
  const output = numbers('counter', [{ key: [], values: [10, null, 30, 20] }]);
  const [series = { key: [], values: [] }] = output.series;
  test.each<[Reducer, number]>([
    ['auto', 10],
    ['last', 10],
    ['mean', 10],
    ['min', 5],
    ['max', 15],
    ['sum', 60],
    ['count', 60],
    ['quantile', 14.9],
    ['above', 2],
  ])('%s is %s', (reducer, value) => {
    expect(reduceNumbers(output, series, 2000, ask(reducer, { threshold: 10 }))).toBeCloseTo(value, 9);
  });

  test('as increase', () => {
    expect(reduceNumbers(output, series, 2000, ask('last', { counters: 'increase' }))).toBe(20);
  });

  test('that was never collected is null', () => {
    const none = { key: [], values: [null, null] };
    for (const reducer of ['last', 'sum', 'count', 'above'] as const) {
      expect(reduceNumbers(output, none, 2000, ask(reducer))).toBeNull();
    }
  });
});

test('the mean of an average weighs every event the same', () => {
  const output = numbers('average', [{ key: [], values: [100, 1], counts: [1, 99] }]);
  const [series = { key: [], values: [] }] = output.series;
  expect(reduceNumbers(output, series, 1000, ask('mean'))).toBe(1.01);
  expect(reduceNumbers(output, series, 1000, ask('max'))).toBe(100);
  expect(reduceNumbers(output, series, 1000, ask('count'))).toBe(100);
});

describe('a histogram', () => {
  // Buckets [0,1) [1,2) [2,4): in the first step 4 events in [2,4), in the last 4 in [1,2).
  const output = histogram([
    {
      counts: [
        [0, null, 0],
        [0, null, 4],
        [4, null, 0],
      ],
    },
  ]);
  const counts = output.series[0]?.counts ?? [];
  test.each<[Reducer, number]>([
    ['auto', 2],
    ['quantile', 2],
    ['sum', 8],
    ['count', 8],
    ['last', 1.5],
    ['max', 3],
    ['min', 1.5],
    ['mean', 2.25],
  ])('%s with q 0.5 is %s', (reducer, value) => {
    expect(reduceHistogram(output, counts, ask(reducer, { quantile: 0.5 })).value).toBe(value);
  });

  test('above says when the threshold lies inside a bucket that counted', () => {
    expect(reduceHistogram(output, counts, ask('above', { threshold: 2 }))).toEqual({ value: 4 });
    const cut = reduceHistogram(output, counts, ask('above', { threshold: 3 }));
    expect(cut.value).toBe(0);
    expect(cut.inexact).toContain('inside a bucket');
  });

  test('without events has no quantile but a count', () => {
    const empty = [[0], [0], [0]];
    expect(reduceHistogram(output, empty, ask('auto')).value).toBeNull();
    expect(reduceHistogram(output, empty, ask('count')).value).toBe(0);
    expect(reduceHistogram(output, [[null], [null], [null]], ask('count')).value).toBeNull();
  });
});

test('quantile of values', () => {
  expect(quantileOfValues([3, 1, 2], 0.5)).toBe(2);
  expect(quantileOfValues([1, 2], 0.5)).toBe(1.5);
  expect(quantileOfValues([], 0.5)).toBeNull();
});
