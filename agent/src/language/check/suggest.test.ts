import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from './suggest.ts';

describe('edit distance', () => {
  it.each([
    ['vfs_read', 'vfs_raed', 1],
    ['abc', 'abc', 0],
    ['', 'ab', 2],
    ['kitten', 'sitting', 3],
    ['abcd', 'wxyz', 4],
  ])('%s to %s', (a, b, distance) => {
    expect(editDistance(a, b, 9)).toBe(distance);
    expect(editDistance(a, b, distance - 1)).toBe(distance);
  });

  it('is symmetric, and never more than the longer length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b, 99);
        expect(distance).toBe(editDistance(b, a, 99));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance === 0).toBe(a === b);
      }),
    );
  });
});

describe('the nearest name', () => {
  it.each([
    ['conm', ['comm', 'cpu'], 'comm'],
    ['BEGINN', ['begin', 'BEGIN'], 'BEGIN'],
    ['zzz', ['comm', 'cpu'], null],
    ['VFS_READ', ['vfs_write', 'vfs_read'], 'vfs_read'],
  ])('%s', (name, known, found) => {
    expect(nearestName(name, known)).toBe(found);
  });
});
