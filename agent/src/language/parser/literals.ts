/** What number and string tokens mean. Pure; problems come back as plain sentences with a place inside the token. */
import { byteCharacter } from '../string-bytes.ts';

export interface IntLiteral {
  readonly value: bigint;
  readonly duration: boolean;
  readonly problem: string | null;
}

export const MAX_UINT64 = (1n << 64n) - 1n;

/** Nanoseconds of each time suffix. */
export const DURATIONS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

const HEX = /^0[xX]([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)([uU]?[lL]{0,2}|[lL]{1,2}[uU])$/;
const POWER = /^(\d+)[eE](\d+)$/;
const DECIMAL = /^(\d+(?:_\d+)*)([a-zA-Z]*)$/;
const C_SUFFIX = /^(?:[uU]?[lL]{0,2}|[lL]{1,2}[uU])$/;

const bad = (problem: string): IntLiteral => ({ value: 0n, duration: false, problem });

export function readInt(text: string): IntLiteral {
  // Far longer than any number that fits: not worth turning into a bigint.
  if (text.length > 200) return bad('this number does not fit in 64 bits');
  const hex = HEX.exec(text);
  if (hex) return fit(BigInt(`0x${(hex[1] ?? '').replaceAll('_', '')}`), false);
  if (/^0[xX]/.test(text)) return bad(`\`${text}\` is not a hexadecimal number`);
  if (/^0[bB]/.test(text)) return bad('binary numbers are not part of the language');
  const power = POWER.exec(text);
  if (power) return readPower(power[1] ?? '', Number(power[2]));
  const decimal = DECIMAL.exec(text);
  if (!decimal) return bad(text.endsWith('_') ? 'a number cannot end in `_`' : `\`${text}\` is not a number`);
  const digits = (decimal[1] ?? '').replaceAll('_', '');
  const suffix = decimal[2] ?? '';
  const scale = Object.hasOwn(DURATIONS, suffix) ? DURATIONS[suffix] : undefined;
  if (scale !== undefined) return fit(BigInt(digits) * scale, true);
  if (!C_SUFFIX.test(suffix)) return bad(`\`${suffix}\` is not a suffix of a number (time: ns us ms s m h d)`);
  if (!/^0\d/.test(digits)) return fit(BigInt(digits), false);
  if (/[89]/.test(digits)) return bad(`\`${text}\` starts with 0, which makes it octal, but has a digit above 7`);
  return fit(BigInt(`0o${digits}`), false);
}

function readPower(mantissa: string, exponent: number): IntLiteral {
  if (!/^[1-9]$/.test(mantissa)) return bad('the number before `e` is a single digit from 1 to 9, as in `1e6`');
  if (exponent < 1) return bad('the number behind `e` is at least 1, as in `1e6`');
  return exponent > 19
    ? bad('this number does not fit in 64 bits')
    : fit(BigInt(mantissa) * 10n ** BigInt(exponent), false);
}

function fit(value: bigint, duration: boolean): IntLiteral {
  return value > MAX_UINT64 ? bad('this number does not fit in 64 bits') : { value, duration, problem: null };
}

export interface StringProblem {
  /** Offsets inside the token. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface StringLiteral {
  readonly value: string;
  readonly closed: boolean;
  readonly problems: readonly StringProblem[];
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };
const ESCAPE = /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|([^]?))/y;

/** `token` has its quotes; bytes above 0x7f that come from escapes are kept as string-bytes.ts says. */
export function readString(token: string): StringLiteral {
  const closed = token.length > 1 && token.endsWith('"') && !endsInEscape(token);
  const end = closed ? token.length - 1 : token.length;
  const problems: StringProblem[] = [];
  let value = '';
  let at = 1;
  while (at < end) {
    const slash = token.indexOf('\\', at);
    if (slash < 0 || slash >= end) {
      value += token.slice(at, end);
      break;
    }
    value += token.slice(at, slash);
    ESCAPE.lastIndex = slash;
    const match = ESCAPE.exec(token);
    at = slash + (match?.[0].length ?? 1);
    const [, octal, hex, other = ''] = match ?? [];
    const simple = Object.hasOwn(SIMPLE, other) ? SIMPLE[other] : undefined;
    if (simple !== undefined) value += simple;
    else if (octal !== undefined && Number.parseInt(octal, 8) <= 255) value += byteCharacter(Number.parseInt(octal, 8));
    else if (hex !== undefined) value += byteCharacter(Number.parseInt(hex, 16));
    else problems.push({ start: slash, end: at, message: `\`${token.slice(slash, at)}\` is not an escape` });
  }
  return { value, closed, problems };
}

/** `"abc\"`: the last quote is escaped. */
function endsInEscape(token: string): boolean {
  let slashes = 0;
  for (let at = token.length - 2; at > 0 && token[at] === '\\'; at--) slashes++;
  return slashes % 2 === 1;
}
