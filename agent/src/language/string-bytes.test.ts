import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readString } from './parser/literals.ts';
import { quote } from './printer/literals.ts';
import { byteCharacter, bytesText, joinedText, stringBytes } from './string-bytes.ts';

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

test('any bytes are a text that gives them back, and valid UTF-8 is itself', () => {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0xed, 0xa0),
  );
  const given = fc.array(byte, { maxLength: 12 }).map((list) => Uint8Array.from(list));
  fc.assert(
    fc.property(given, (bytes) => {
      expect(stringBytes(bytesText(bytes))).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(bytesText(new TextEncoder().encode(text))).toBe(text);
    }),
  );
});

test('bytes of one character that were given one by one are that character', () => {
  expect(joinedText([0x41, 0xc3, 0xa9, 0xff].map(byteCharacter).join(''))).toBe('Aé\udcff');
});
