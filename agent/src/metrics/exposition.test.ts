import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, histogramSamples, inBaseUnits, renderFamily, type CountedBucket } from './exposition.ts';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [0.000004, '4e-06'],
    [0.000128, '0.000128'],
    [67.108864, '67.108864'],
    [1e-12, '1e-12'],
    [Infinity, '+Inf'],
    [NaN, 'NaN'],
    [-0.5, '-0.5'],
  ])('prints %d as %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

const SHAPE = { bounds: [1, 2, 4, 8], scale: 1e-6 };

describe('histogramSamples', () => {
  it('cumulates, and puts what is above the last bound into +Inf only', () => {
    const buckets: CountedBucket[] = [
      { lower: 0, upper: 1, count: 3 },
      { lower: 1, upper: 2, count: 0 },
      { lower: 2, upper: 4, count: 5 },
      { lower: 8, upper: 16, count: 7 },
    ];
    const samples = histogramSamples([['device', 'vda']], buckets, SHAPE, 100);
    expect(samples.map(({ suffix, labels, value }) => [suffix, labels.at(-1)?.[1], value])).toEqual([
      ['_bucket', '1e-06', 3],
      ['_bucket', '2e-06', 3],
      ['_bucket', '4e-06', 8],
      ['_bucket', '8e-06', 8],
      ['_bucket', '+Inf', 15],
      ['_sum', 'vda', 0.0001],
      ['_count', 'vda', 15],
    ]);
  });

  it('has no _sum where the sum is not known', () => {
    expect(histogramSamples([], [], SHAPE, null).some(({ suffix }) => suffix === '_sum')).toBe(false);
  });

  it('never decreases and ends with the count, whatever the buckets', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 20 }), (counts) => {
        const buckets = counts.map((count, k) => ({ lower: k === 0 ? 0 : 2 ** (k - 1), upper: 2 ** k, count }));
        const values = histogramSamples([], buckets, SHAPE, null).map(({ value }) => value);
        for (const [index, value] of values.entries()) expect(value).toBeGreaterThanOrEqual(values[index - 1] ?? 0);
        expect(values.at(-1)).toBe(counts.reduce((a, b) => a + b, 0));
      }),
    );
  });
});

describe('renderFamily', () => {
  it('escapes labels and help', () => {
    const text = renderFamily({
      name: 'x_total',
      help: 'a\nb\\c',
      type: 'counter',
      samples: [{ labels: [['comm', 'a"b\\c\nd']], value: 1 }],
    });
    expect(text).toBe('# HELP x_total a\\nb\\\\c\n# TYPE x_total counter\nx_total{comm="a\\"b\\\\c\\nd"} 1\n');
  });
});

describe('inBaseUnits', () => {
  it('has no noise of binary multiplication', () => {
    expect(inBaseUnits(3, 1e-6)).toBe(0.000003);
    expect(inBaseUnits(2 ** 26, 1e-6)).toBe(67.108864);
  });
});
