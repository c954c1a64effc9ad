import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countAbove, mergeSeries, quantile, sum, totals } from './histogram.ts';

const buckets = Array.from({ length: 8 }, (_, index) => ({
  lower: index === 0 ? 0 : 2 ** index,
  upper: 2 ** (index + 1),
}));
const counts = fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 });
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

describe('quantile', () => {
  test('of nothing is null, not zero', () => {
    expect(quantile(buckets, [0, 0, 0, 0, 0, 0, 0, 0], 0.99)).toBeNull();
    expect(quantile([], [], 0.5)).toBeNull();
  });

  test('lies in the bucket that holds the rank', () => {
    fc.assert(
      fc.property(counts, fraction, (all, q) => {
        fc.pre(sum(all) > 0);
        const value = quantile(buckets, all, q) ?? Number.NaN;
        const holds = buckets.findIndex(
          (_, index) => sum(all.slice(0, index + 1)) >= q * sum(all) && (all[index] ?? 0) > 0,
        );
        expect(value).toBeGreaterThanOrEqual(buckets[holds]?.lower ?? Number.NaN);
        expect(value).toBeLessThanOrEqual(buckets[holds]?.upper ?? Number.NaN);
      }),
    );
  });

  test('never falls when q rises', () => {
    fc.assert(
      fc.property(counts, fraction, fraction, (all, a, b) => {
        fc.pre(sum(all) > 0);
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(quantile(buckets, all, low) ?? 0).toBeLessThanOrEqual(quantile(buckets, all, high) ?? 0);
      }),
    );
  });

  test('of an open bucket is its finite bound: more is not known', () => {
    expect(quantile([{ lower: 1000, upper: null }], [5], 0.5)).toBe(1000);
    expect(quantile([{ lower: null, upper: 0 }], [5], 0.5)).toBe(0);
  });
});

test('merging adds exactly, and a step is a gap only if no series has it', () => {
  expect(
    mergeSeries(
      [
        [
          [1, null, null],
          [2, null, 0],
        ],
        [
          [10, 20, null],
          [0, 5, null],
        ],
      ],
      2,
      3,
    ),
  ).toEqual([
    [11, 20, null],
    [2, 5, 0],
  ]);
});

test('totals are null when nothing was collected', () => {
  expect(totals([[null, null]])).toBeNull();
  expect(
    totals([
      [null, 3, 4],
      [0, 0, 0],
    ]),
  ).toEqual([7, 0]);
});

test('above counts whole buckets and says when the threshold cuts one', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(countAbove(buckets, all, 64)).toEqual({ count: 15, exact: true });
  expect(countAbove(buckets, all, 70)).toEqual({ count: 8, exact: false });
  expect(countAbove(buckets, [1, 0, 0, 0, 0, 0, 0, 0], 70)).toEqual({ count: 0, exact: true });
});
