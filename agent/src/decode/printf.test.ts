import { describe, expect, it } from 'vitest';
import type { FormatSpec } from '../language/action.ts';
import type { Datum } from './datum.ts';
import { gfpText } from './gfp-flags.ts';
import { applySpec } from './printf.ts';

function spec(text: string): FormatSpec {
  const match = /^%([-+ #0]*)(\d*)(?:\.(\d+))?(hh|h|ll|l|j|z|t)?([a-zA-Z]+)$/.exec(text);
  if (match === null) throw new Error(text);
  const [, flags = '', width = '', precision, length = '', conversion = ''] = match;
  return {
    flags,
    width: width === '' ? null : Number(width),
    precision: precision === undefined ? null : Number(precision),
    length: length as FormatSpec['length'],
    conversion,
  };
}

const bytes = Uint8Array.of(0x61, 0x0a, 0x7e);

// The integer rows were checked against printf(1) and bpftrace.
const CASES: readonly (readonly [string, Datum, string])[] = [
  ['%d', 5, '5'],
  ['%p', 0, '(nil)'],
  ['%.3s', 'é漢', 'é\udce6'],
  ['%.5s', 'é漢', 'é漢'],
  ['%rh', 'ab', '61 62'],
  ['%rx', { kind: 'array', values: [1, -1] }, '\\x01\\xff'],
  ['%8p', 0, '   (nil)'],
  ['%d', (1n << 40n) | 5n, '5'],
  ['%ld', (1n << 40n) | 5n, '1099511627781'],
  ['%lld', -1, '-1'],
  ['%d', 4294967295, '-1'],
  ['%u', -1, '4294967295'],
  ['%lu', -1, '18446744073709551615'],
  ['%llx', -1, 'ffffffffffffffff'],
  ['%hhd', 300, '44'],
  ['%hd', 65535, '-1'],
  ['%5d', 42, '   42'],
  ['%-5d', 42, '42   '],
  ['%05d', -42, '-0042'],
  ['%+d', 7, '+7'],
  ['% d', 7, ' 7'],
  ['%.3d', 7, '007'],
  ['%x', 255, 'ff'],
  ['%#x', 255, '0xff'],
  ['%#08x', 255, '0x0000ff'],
  ['%X', 255, 'FF'],
  ['%o', 8, '10'],
  ['%#o', 8, '010'],
  ['%c', 65, 'A'],
  ['%p', 255, '0xff'],
  ['%d', true, '1'],
  ['%s', true, 'true'],
  ['%s', 'abc', 'abc'],
  ['%6s', 'abc', '   abc'],
  ['%-6s', 'abc', 'abc   '],
  ['%.2s', 'abc', 'ab'],
  ['%s', 18446744073709551615n, '18446744073709551615'],
  ['%s', { kind: 'symbol', symbol: 'TCP_CLOSE', number: 7 }, 'TCP_CLOSE'],
  ['%d', { kind: 'symbol', symbol: 'TCP_CLOSE', number: 7 }, '7'],
  ['%s', { kind: 'tuple', values: [1, 'a'] }, '(1, a)'],
  ['%r', bytes, 'a\\x0a~'],
  ['%rx', bytes, '\\x61\\x0a\\x7e'],
  ['%rh', bytes, '61 0a 7e'],
];

describe('printf', () => {
  it.each(CASES)('%s of %o is %s', (format, value, expected) => expect(applySpec(spec(format), value)).toBe(expected));
});

it.each([
  [0xcc0n, 'GFP_KERNEL'],
  [0x822n, 'GFP_ATOMIC|__GFP_HIGHMEM'],
  [0x4c0n, '__GFP_IO|__GFP_FS|__GFP_DIRECT_RECLAIM'],
  [0n, 'none'],
  [0x80000800n, 'GFP_NOWAIT|0x80000000'],
])('prints allocation flags %x as %s', (flags, text) => expect(gfpText(flags)).toBe(text));
