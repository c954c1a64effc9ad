import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntSize, Type } from '../language/types.ts';
import { inetText, macText } from './address.ts';
import { add, readInteger, subtract } from './integer.ts';
import { NO_NAMES } from './names.ts';
import { datumText } from './text.ts';
import { decodeBytes, type DecodeContext } from './value.ts';

const context: DecodeContext = {
  names: NO_NAMES,
  structs: {
    fields: (id) =>
      id === 'outer'
        ? [
            { name: 'first', type: { kind: 'int', size: 1, signed: false }, offset: 0 },
            { name: '', type: { kind: 'struct', union: false, name: '', id: 'inner', size: 4, align: 1 }, offset: 2 },
          ]
        : id === 'inner'
          ? [{ name: 'second', type: { kind: 'int', size: 1, signed: false }, offset: 1 }]
          : id === 'bits'
            ? [
                {
                  name: 'low',
                  type: { kind: 'int', size: 4, signed: false },
                  offset: 0,
                  bits: { offset: 0, width: 3 },
                },
                {
                  name: 'sign',
                  type: { kind: 'int', size: 4, signed: true },
                  offset: 0,
                  bits: { offset: 3, width: 7 },
                },
              ]
            : id === 'torn'
              ? [
                  {
                    name: 'b',
                    type: { kind: 'int', size: 8, signed: false },
                    offset: 0,
                    bits: { offset: 61, width: 60 },
                  },
                ]
              : null,
  },
  truncation: '..',
};

const shown = (type: Type, ...bytes: number[]): string => datumText(decodeBytes(type, Uint8Array.from(bytes), context));

describe('values', () => {
  it('keeps 64-bit integers exact', () => {
    fc.assert(
      fc.property(fc.bigInt(-(1n << 63n), (1n << 64n) - 1n), fc.boolean(), (value, signed) => {
        const view = new DataView(new ArrayBuffer(8));
        view.setBigInt64(0, value, true);
        const expected = signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
        expect(BigInt(readInteger(view, 0, 8 as IntSize, signed))).toBe(expected);
      }),
    );
  });

  it('adds and subtracts as the kernel does', () => {
    const word = fc.bigInt(0n, (1n << 64n) - 1n);
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(BigInt(add(a, b, false))).toBe(BigInt.asUintN(64, a + b));
        expect(BigInt(subtract(a, b, false))).toBe(BigInt.asUintN(64, a - b));
      }),
    );
  });

  it('reads every shape', () => {
    expect(shown({ kind: 'bool' }, 1)).toBe('true');
    expect(shown({ kind: 'int', size: 2, signed: true }, 0xff, 0xff)).toBe('-1');
    expect(shown({ kind: 'string', size: 4 }, 0x61, 0, 0x62, 0)).toBe('a');
    expect(shown({ kind: 'string', size: 2 }, 0x61, 0x62)).toBe('ab');
    expect(shown({ kind: 'string', size: 3 }, 0x61, 0x62, 0xff)).toBe('ab..');
    expect(shown({ kind: 'string', size: 3 }, 0x61, 0x62, 0)).toBe('ab');
    expect(shown({ kind: 'string', size: 4 }, 0xc3, 0xa9, 0, 0)).toBe('é');
    expect(shown({ kind: 'buffer', size: 4 }, 2, 0, 0, 0, 0x41, 0x00, 0x42, 0x43)).toBe('A\\x00');
    expect(shown({ kind: 'pointer', to: { kind: 'none' }, space: 'user' }, 0x10, 0, 0, 0, 0, 0, 0, 0)).toBe('0x10');
    expect(shown({ kind: 'array', of: { kind: 'int', size: 1, signed: false }, count: 3 }, 1, 2, 3)).toBe('[1,2,3]');
    const inner: Type = {
      kind: 'tuple',
      elements: [
        { kind: 'int', size: 1, signed: false },
        { kind: 'int', size: 2, signed: false },
      ],
    };
    expect(shown({ kind: 'tuple', elements: [{ kind: 'bool' }, inner] }, 1, 0, 2, 0, 3, 0)).toBe('(true, (2, 3))');
    expect(shown({ kind: 'record', fields: [{ name: 'a', type: inner }] }, 2, 0, 3, 0)).toBe('{ .a = (2, 3) }');
    expect(shown({ kind: 'struct', union: false, name: 'bits', id: 'bits', size: 4, align: 4 }, 0xfd, 0x03, 0, 0)).toBe(
      '{ .low = 5, .sign = -1 }',
    );
    const torn: Type = { kind: 'struct', union: false, name: 'torn', id: 'torn', size: 16, align: 1 };
    expect(shown(torn, 0, 0, 0, 0, 0, 0, 0, 0xe0, 0xff, 0, 0, 0, 0, 0, 0, 1)).toBe('{ .b = 576460752303425535 }');
    const outer: Type = { kind: 'struct', union: false, name: 'outer', id: 'outer', size: 6, align: 1 };
    expect(shown(outer, 7, 0, 0, 9, 0, 0)).toBe('{ .first = 7, .second = 9 }');
    const members = new Map([[2n, 'TWO']]);
    expect(shown({ kind: 'enum', name: 'e', size: 4, signed: false, members }, 2, 0, 0, 0)).toBe('TWO');
    expect(shown({ kind: 'enum', name: 'e', size: 4, signed: false, members }, 9, 0, 0, 0)).toBe('9');
  });

  it.each([
    [2, [127, 0, 0, 1], '127.0.0.1'],
    [10, [], '::'],
    [10, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], '2001:db8::1'],
    [10, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1], '::ffff:10.0.0.1'],
    [10, [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2], 'fe80::1:0:0:2'],
  ])('family %i, %j is %s', (family, address, text) => {
    const bytes = new Uint8Array(16);
    bytes.set(address);
    expect(inetText(family, bytes)).toBe(text);
  });

  it('writes hardware addresses', () =>
    expect(macText(Uint8Array.of(0, 0x1b, 0xff, 1, 2, 3))).toBe('00:1B:FF:01:02:03'));
});
