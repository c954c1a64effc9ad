import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineMap } from './line-map.ts';

test.each([
  ['', 0, 1, 1],
  ['abc', 3, 1, 4],
  ['a\nb', 1, 1, 2],
  ['a\nb', 2, 2, 1],
  ['a\n\nb', 2, 2, 1],
  ['a\n', 2, 2, 1],
])('%j at %i is %i:%i', (source, offset, line, column) => {
  expect(new LineMap(source).position(offset)).toEqual({ line, column });
});

test('a position leads back to its offset', () => {
  const text = fc.array(fc.constantFrom('a', ' ', '\n', 'é', '😀')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.nat(), (source, n) => {
      const lines = new LineMap(source);
      const offset = n % (source.length + 1);
      expect(lines.offset(lines.position(offset))).toBe(offset);
    }),
  );
});

test('lines are without their ends, also those of Windows; columns are clamped', () => {
  const lines = new LineMap('one\r\ntwo\n');
  expect([1, 2, 3].map((n) => lines.line(n))).toEqual(['one', 'two', '']);
  expect(lines.lineCount).toBe(3);
  expect(lines.offset({ line: 1, column: 99 })).toBe(3);
  expect(lines.offset({ line: 99, column: 1 })).toBe(9);
});
