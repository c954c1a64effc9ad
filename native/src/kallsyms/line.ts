/**
 * Lines of /proc/kallsyms, read in place: `ffffffff81000000 T name`, and `\t[module]` behind those of modules.
 * A line is known by the place of its first byte.
 */

export const NEWLINE = 10;
export const TAB = 9;
const TYPE_AT = 17;
/** 16 digits, space, letter, space. */
export const NAME_AT = 19;
const HIGH_BASE = 0xfff0_0000;
const TWO_32 = 0x1_0000_0000;

/** Addresses minus this are exact as doubles: 2^52 is the largest. */
export const ADDRESS_BASE = 0xfff0_0000_0000_0000n;

const HEX = (() => {
  const digits = new Uint8Array(256);
  for (let digit = 0; digit < 16; digit++) {
    digits[digit.toString(16).charCodeAt(0)] = digit;
    digits[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
  }
  return digits;
})();

const hex8 = (text: Uint8Array, at: number): number => {
  let value = 0;
  for (let i = at; i < at + 8; i++) value = (value << 4) | HEX[text[i] ?? 0]!;
  return value >>> 0;
};

/** Minus `ADDRESS_BASE`; negative for what is no kernel address (per-CPU offsets, restricted). */
export const addressAt = (text: Uint8Array, line: number): number =>
  (hex8(text, line) - HIGH_BASE) * TWO_32 + hex8(text, line + 8);

/** All 64 bits, also where `addressAt` is too far from its base for a double: per-CPU offsets. */
export const exactAddressAt = (text: Uint8Array, line: number): bigint =>
  (BigInt(hex8(text, line)) << 32n) | BigInt(hex8(text, line + 8));

/** nm(1)'s letter. */
export const typeAt = (text: Uint8Array, line: number): number => text[line + TYPE_AT] ?? 0;

/** Upper case letter: visible outside its file. */
export const isGlobal = (type: number): boolean => type < 0x61;

/** Where the name that begins at `start` ends: at a tab, at the end of the line, or of the text. */
export const nameEnd = (text: Uint8Array, start: number): number => {
  let end = start;
  // Short enough to be faster than indexOf.
  while (end < text.length && text[end] !== NEWLINE && text[end] !== TAB) end++;
  return end;
};

/** The line that a byte is in; a newline belongs to the line that it ends. */
export const lineAt = (text: Uint8Array, place: number): number => {
  let start = place;
  while (start > 0 && text[start - 1] !== NEWLINE) start--;
  return start;
};

/** The line after the one that a byte is in; the text's length behind the last. */
export const nextLine = (text: Uint8Array, place: number): number => {
  const newline = text.indexOf(NEWLINE, place);
  return newline < 0 ? text.length : newline + 1;
};

export const textOf = (text: Uint8Array, start: number, end: number): string =>
  end <= start ? '' : Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1');

export const nameOf = (text: Uint8Array, line: number): string =>
  textOf(text, line + NAME_AT, nameEnd(text, line + NAME_AT));

/** '' for the kernel itself. */
export const moduleOf = (text: Uint8Array, line: number): string => {
  const tab = nameEnd(text, line + NAME_AT);
  return text[tab] === TAB ? textOf(text, tab + 2, Math.max(tab + 2, nameEnd(text, tab + 1) - 1)) : '';
};
