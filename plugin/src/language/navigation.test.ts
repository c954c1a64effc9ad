import { expect, test } from 'vitest';
import { fixesAt } from './navigation.ts';

const apply = (source: string, at: number): string[] =>
  fixesAt(source, at, at).map(({ span, text }) => source.slice(0, span.start) + text + source.slice(span.end));

test('a missing semicolon is put in, an old spelling is replaced', () => {
  expect(apply('begin { @a = 1\n@b = 2 }', 14)).toEqual(['begin { @a = 1;\n@b = 2 }']);
  expect(apply('BEGIN { delete(@m[1]) }', 2)).toEqual(['begin { delete(@m[1]) }']);
  expect(apply('BEGIN { delete(@m[1]) }', 10)).toEqual(['BEGIN { delete(@m, 1) }']);
});

test('what is elsewhere in the text offers nothing', () => {
  expect(fixesAt('BEGIN { @a = 1; }', 10, 12)).toEqual([]);
});
