/**
 * printf formats applied to decoded values. Integers without a length modifier are cut to 32 bits, as in C and in
 * bpftrace; `%s` takes any value.
 */
import type { FormatPart, FormatSpec } from '../language/action.ts';
import { byteCharacter, bytesText, joinedText, stringBytes } from '../language/string-bytes.ts';
import { isInt, type Datum } from './datum.ts';
import { gfpText } from './gfp-flags.ts';
import { hexBytes, datumText } from './text.ts';

export function formatText(parts: readonly FormatPart[], values: readonly Datum[]): string {
  let text = '';
  let next = 0;
  for (const part of parts) {
    text += part.literal;
    if (part.spec !== null) text += applySpec(part.spec, values[next++] ?? null);
  }
  return joinedText(text);
}

/** Bits that a length modifier keeps. */
const WIDTHS: Record<FormatSpec['length'], number> = { '': 32, hh: 8, h: 16, l: 64, ll: 64, j: 64, z: 64, t: 64 };

type Conversion = (spec: FormatSpec, value: Datum) => string;

const CONVERSIONS: Record<string, Conversion> = {
  d: signedText,
  i: signedText,
  u: (spec, value) => unsignedText(spec, value, 10),
  o: (spec, value) => unsignedText(spec, value, 8),
  x: (spec, value) => unsignedText(spec, value, 16),
  X: (spec, value) => unsignedText(spec, value, 16).toUpperCase(),
  p: pointerText,
  c: (spec, value) => pad(spec, byteCharacter(Number(BigInt.asUintN(8, integerOf(value))))),
  s: stringText,
  r: (spec, value) => bufferText(spec, value, true, true),
  rx: (spec, value) => bufferText(spec, value, false, true),
  rh: (spec, value) => bufferText(spec, value, false, false),
  gr: (spec, value) => pad(spec, gfpText(BigInt.asUintN(64, integerOf(value)))),
};

export function applySpec(spec: FormatSpec, value: Datum): string {
  const conversion = CONVERSIONS[spec.conversion];
  return conversion === undefined ? stringText(spec, value) : conversion(spec, value);
}

/** The integer behind a value: bools are 0 and 1, enums and pointers their number. */
function integerOf(value: Datum): bigint {
  if (isInt(value)) return BigInt(value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'symbol')
    return BigInt(value.number);
  return 0n;
}

function signedText(spec: FormatSpec, value: Datum): string {
  const number = BigInt.asIntN(WIDTHS[spec.length], integerOf(value));
  const digits = precise(spec, (number < 0n ? -number : number).toString());
  const sign = number < 0n ? '-' : spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : '';
  return padNumber(spec, sign, digits);
}

function unsignedText(spec: FormatSpec, value: Datum, radix: 8 | 10 | 16): string {
  const number = BigInt.asUintN(WIDTHS[spec.length], integerOf(value));
  const digits = precise(spec, number.toString(radix));
  const prefix = !spec.flags.includes('#') || number === 0n ? '' : radix === 16 ? '0x' : radix === 8 ? '0' : '';
  return padNumber(spec, prefix, digits);
}

function pointerText(spec: FormatSpec, value: Datum): string {
  const number = BigInt.asUintN(64, integerOf(value));
  // As printf(3) of glibc.
  return pad(spec, number === 0n ? '(nil)' : `0x${number.toString(16)}`);
}

function stringText(spec: FormatSpec, value: Datum): string {
  const text = datumText(value);
  return pad(spec, spec.precision === null ? text : cut(text, spec.precision));
}

/** The precision counts bytes, as in C: it may end inside of a character. */
function cut(text: string, bytes: number): string {
  const encoded = stringBytes(text);
  return encoded.length <= bytes ? text : bytesText(encoded.subarray(0, bytes));
}

function bufferText(spec: FormatSpec, value: Datum, ascii: boolean, escape: boolean): string {
  return pad(spec, hexBytes(bytesOf(value), ascii, escape));
}

/** Buffers, texts and arrays of bytes. */
function bytesOf(value: Datum): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value !== null && typeof value === 'object' && value.kind === 'array') {
    return Uint8Array.from(value.values, (one) => Number(integerOf(one)) & 0xff);
  }
  return stringBytes(datumText(value));
}

function precise(spec: FormatSpec, digits: string): string {
  return spec.precision === null ? digits : digits.padStart(spec.precision, '0');
}

function padNumber(spec: FormatSpec, prefix: string, digits: string): string {
  const width = spec.width ?? 0;
  if (spec.flags.includes('-')) return (prefix + digits).padEnd(width);
  if (spec.flags.includes('0') && spec.precision === null) return prefix + digits.padStart(width - prefix.length, '0');
  return (prefix + digits).padStart(width);
}

/** The width counts bytes, as in C. */
function pad(spec: FormatSpec, text: string): string {
  const missing = (spec.width ?? 0) - text.length;
  if (missing <= 0) return text;
  const blanks = ' '.repeat(Math.max(0, missing + text.length - stringBytes(text).length));
  return spec.flags.includes('-') ? text + blanks : blanks + text;
}
