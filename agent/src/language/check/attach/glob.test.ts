import fc from 'fast-check';
import { expect, it } from 'vitest';
import { globMatcher } from './glob.ts';

it.each([
  ['vfs_*', 'vfs_read', true],
  ['vfs_*', 'do_vfs_read', false],
  ['*read', 'vfs_read', true],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'acb', false],
  ['a*a', 'a', false],
  ['*', '', true],
  ['**', 'x', true],
  ['sched_?witch', 'sched_switch', true],
  ['a?', 'a', false],
  ['exact', 'exact', true],
  ['a.c', 'abc', false],
])('%s and %s: %s', (pattern, name, expected) => expect(globMatcher(pattern)(name)).toBe(expected));

it('agrees with a regular expression', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '*', '?')).map((letters) => letters.join(''));
  fc.assert(
    fc.property(text, text, (pattern, raw) => {
      const name = raw.replace(/[*?]/g, 'c');
      const expression = new RegExp(`^${pattern.replace(/[*]/g, '.*').replace(/[?]/g, '.')}$`);
      expect(globMatcher(pattern)(name)).toBe(expression.test(name));
    }),
  );
});

it('does not take for ever over many stars', () => {
  const long = ['*'.repeat(30_000), '*a'.repeat(15_000)].map(globMatcher);
  const names = Array.from({ length: 50_000 }, (_, n) => `function_${n}`);
  expect(long.map((matches) => names.filter(matches).length)).toEqual([50_000, 0]);
  expect(globMatcher(`${'*a'.repeat(50)}b`)('a'.repeat(5000))).toBe(false);
});
