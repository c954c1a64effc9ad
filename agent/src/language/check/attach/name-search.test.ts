import fc from 'fast-check';
import { expect, it } from 'vitest';
import { globMatcher } from './glob.ts';
import { candidates, namesLike } from './name-search.ts';

const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), minLength: 1, maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '_', '*', '?'), maxLength: 6 });

it('finds what a test of every name finds, however often it is asked', () => {
  fc.assert(
    fc.property(fc.array(name), fc.array(pattern, { minLength: 8, maxLength: 8 }), (names, patterns) => {
      for (const one of patterns) expect(namesLike(names, one)).toEqual(names.filter(globMatcher(one)));
    }),
  );
});

it('looks at every name once where a piece is in it twice', () => {
  const names = ['read_read', 'write', 'read'];
  const asked = Array.from({ length: 9 }, () => candidates(names, '*read*'));
  expect(asked.at(-1)).toEqual(['read_read', 'read']);
});
