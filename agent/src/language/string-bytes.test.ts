import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readString } from './parser/literals.ts';
import { quote } from './printer/literals.ts';
import { byteCharacter, stringBytes } from './string-bytes.ts';

const bytesOf = (literal: string): number[] => [...stringBytes(readString(literal).value)];

test.each([
  ['"abc"', [97, 98, 99]],
  ['"\\xff\\0"', [255, 0]],
  ['"\\303\\251"', [0xc3, 0xa9]],
  ['"é"', [0xc3, 0xa9]],
  ['"😀\\x80"', [0xf0, 0x9f, 0x98, 0x80, 0x80]],
  ['""', []],
])('%s is these bytes', (literal, bytes) => {
  expect(bytesOf(literal)).toEqual(bytes);
});

test('any bytes written as escapes are those bytes, before and after printing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 })), (bytes) => {
      const value = bytes.map(byteCharacter).join('');
      expect([...stringBytes(value)]).toEqual(bytes);
      expect(bytesOf(quote(value))).toEqual(bytes);
    }),
  );
});
