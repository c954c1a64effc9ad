import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fairShare } from './memory-share.ts';

it.each([
  [[1, 2, 3], 10, Infinity],
  [[1, 2, 3], 6, Infinity],
  [[10, 10, 1], 11, 5],
  [[100], 7, 7],
  [[], 7, Infinity],
])('of %j within %i: %d', (sizes, budget, share) => expect(fairShare(sizes, budget)).toBe(share));

it('keeps within the budget and wastes nothing of it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), fc.nat(10_000), (sizes, budget) => {
      const share = fairShare(sizes, budget);
      const kept = sizes.reduce((sum, size) => sum + Math.min(size, share), 0);
      const all = sizes.reduce((sum, size) => sum + size, 0);
      expect(kept).toBeCloseTo(Math.min(all, budget), 6);
    }),
  );
});
