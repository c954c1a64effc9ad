import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuantiles, quantilesText } from './quantiles.ts';

test.each([
  ['50, 90, 99', [0.5, 0.9, 0.99]],
  ['p99.9', [0.999]],
  ['0 100', [0, 1]],
  ['99.99%', [0.9999]],
])('%s', (text, expected) => {
  expect(parseQuantiles(text)).toEqual(expected);
});

test.each(['', '101', '-1', 'median', '50, x'])('%s is refused', (text) => {
  expect(parseQuantiles(text)).toBeUndefined();
});

test('what is shown is read back', () => {
  const quantile = fc.integer({ min: 0, max: 100_000 }).map((n) => n / 100_000);
  fc.assert(
    fc.property(fc.array(quantile, { minLength: 1, maxLength: 5 }), (quantiles) => {
      expect(parseQuantiles(quantilesText(quantiles))).toEqual(quantiles);
    }),
  );
});
