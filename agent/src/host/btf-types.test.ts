import { describe, expect, it } from 'vitest';
import { Btf } from '@bpfscope/native/btf';
import { TypeConverter } from './btf-types.ts';

/** Types from 1 on, as words; all names are empty. */
function converter(...types: readonly (readonly number[])[]): TypeConverter {
  const words = Uint32Array.from(types.flat());
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  [24, 0, words.byteLength, words.byteLength, 1].forEach((value, i) => header.writeUInt32LE(value, 4 + i * 4));
  return new TypeConverter(new Btf(Buffer.concat([header, Buffer.from(words.buffer), Buffer.of(0)])), 'vmlinux');
}

const POINTER = 2 << 24;
const ARRAY = 3 << 24;
const struct = (members: number): number => (4 << 24) | members;
const member = (type: number): number[] => [0, type, 0];

describe('damaged types', () => {
  it.each([
    [
      'a struct that contains itself, many times',
      [[0, struct(8), 8, ...Array.from({ length: 8 }, () => member(1)).flat()]],
    ],
    [
      'structs that contain each other',
      [1, 2, 3].map((own) => [
        0,
        struct(9),
        8,
        ...Array.from({ length: 9 }, (_, n) => member(((own + n) % 3) + 1)).flat(),
      ]),
    ],
    ['a pointer to itself', [[0, POINTER, 1]]],
    ['an array of itself', [[0, ARRAY, 0, 1, 1, 2]]],
    [
      'a struct with an array of itself',
      [
        [0, struct(2), 8, ...member(2), ...member(2)],
        [0, ARRAY, 0, 1, 1, 2],
      ],
    ],
  ])('%s has an end', (_, types) => {
    const all = converter(...types);
    expect(all.type(1)).toBeDefined();
    expect(all.fields(1) ?? []).toHaveLength(
      types[0]?.[1] === POINTER || types[0]?.[1] === ARRAY ? 0 : (types[0]?.[1] ?? 0) & 0xff,
    );
  });
});
