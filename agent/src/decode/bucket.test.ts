import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundLabel, bucketBounds, bucketCount, bucketIndex, type Histogram } from './bucket.ts';

const hist = fc.integer({ min: 0, max: 5 }).map((bits): Histogram => ({ kind: 'hist', bits }));
const lhist = fc
  .tuple(fc.bigInt(-1000n, 1000n), fc.bigInt(1n, 5000n), fc.bigInt(1n, 100n))
  .map(([min, width, step]): Histogram => ({ kind: 'lhist', min, max: min + width, step }));
const value = fc.oneof(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), fc.bigInt(-2000n, 7000n));

describe('buckets', () => {
  it('hold the values that are counted in them', () => {
    fc.assert(
      fc.property(fc.oneof(hist, lhist), value, (histogram, sample) => {
        const { lower, upper } = bucketBounds(histogram, bucketIndex(histogram, sample));
        expect(lower === null || sample >= lower).toBe(true);
        expect(upper === null || sample < upper).toBe(true);
      }),
    );
  });

  it('are contiguous and ascend', () => {
    fc.assert(
      fc.property(fc.oneof(hist, lhist), (histogram) => {
        const bounds = Array.from({ length: bucketCount(histogram) }, (_, index) => bucketBounds(histogram, index));
        bounds.slice(1).forEach((bound, index) => expect(bound.lower).toBe(bounds[index]?.upper));
        expect(bounds[0]?.lower).toBe(null);
      }),
    );
  });

  it.each([
    [{ kind: 'hist', bits: 0 }, 1024n, '1K'],
    [{ kind: 'hist', bits: 0 }, 512n, '512'],
    [{ kind: 'hist', bits: 0 }, 1n << 20n, '1M'],
    [{ kind: 'hist', bits: 0 }, 1n << 62n, '4E'],
    [{ kind: 'hist', bits: 2 }, 8n, '8'],
    [{ kind: 'hist', bits: 2 }, 5n << 10n, '5K'],
    [{ kind: 'hist', bits: 2 }, 5n << 9n, '2560'],
    [{ kind: 'lhist', min: 0n, max: 1n << 22n, step: 1024n }, 3n << 20n, '3M'],
    [{ kind: 'lhist', min: 0n, max: 1n << 22n, step: 1024n }, 5n << 10n, '5K'],
    [{ kind: 'lhist', min: 0n, max: 5000n, step: 1000n }, 3000n, '3000'],
    [{ kind: 'lhist', min: -2048n, max: 0n, step: 1024n }, -1024n, '-1K'],
  ] as const)('%o labels %s as %s', (histogram, bound, label) => {
    expect(boundLabel(histogram, bound)).toBe(label);
  });
});
