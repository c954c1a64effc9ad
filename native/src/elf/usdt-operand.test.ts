import { expect, it } from 'vitest';
import { placeOperand } from './usdt-operand.ts';

const ADDRESSES = new Map([
  ['counter', 0x4010],
  ['.LC0', 0x2004],
  ['_ZN1a1bE', 0x10],
]);
const place = (fixed: boolean) => ({
  address: 0x1139,
  fixed,
  symbol: (name: string) => ADDRESSES.get(name) ?? null,
});

it.each([
  ['-4@counter(%rip)', `-4@${0x4010 - 0x1139}(%rip)`],
  ['2@counter+14(%rip)', `2@${0x4010 + 14 - 0x1139}(%rip)`],
  ['2@counter-14(%rip)', `2@${0x4010 - 14 - 0x1139}(%rip)`],
  ['2@4+counter(%rip)', `2@${0x4010 + 4 - 0x1139}(%rip)`],
  ['2@-4+counter+1-2(%rip)', `2@${0x4010 - 5 - 0x1139}(%rip)`],
  ['8@.LC0(%rip)', `8@${0x2004 - 0x1139}(%rip)`],
  ['8@_ZN1a1bE(%rip)', `8@${0x10 - 0x1139}(%rip)`],
  ['4@[x0, #:lo12:counter]', '4@[x0, 16]'],
  ['4@[x0, :lo12:counter+8]', '4@[x0, 24]'],
])('is the distance from the probe: %s', (text, placed) => {
  expect(placeOperand(text, place(false))).toBe(placed);
});

it.each([
  ['2@counter(,%rax,2)', `2@${0x4010}(,%rax,2)`],
  ['2@counter+2(%rax)', `2@${0x4012}(%rax)`],
  ['8@counter', `8@${0x4010}`],
])('is an address in programs that are not moved: %s', (text, placed) => {
  expect(placeOperand(text, place(true))).toBe(placed);
  expect(placeOperand(text, place(false))).toBe(text);
});

it.each([
  '-4@%edi',
  '8@-16(%rbp)',
  '8@$5',
  '8@nothing(%rip)',
  '8@counter@GOTPCREL(%rip)',
  '8f@counter(%rip)',
  '4@x0',
  '4@[sp, 8]',
  '4@[x0, #:lo12:.LANCHOR0]',
  '',
])('leaves the others: %s', (text) => {
  expect(placeOperand(text, place(true))).toBe(text);
});
