/** Parameters of the command line by their number: `$1`, `str($1)`; `$#` says how many there are. */
import type * as ast from '../ast.ts';
import type { HirExpr } from '../hir.ts';
import { literal, text } from './build.ts';
import type { Env } from './env.ts';
import { unknownExpr } from './unknown.ts';

type Positional = Extract<ast.Expr, { kind: 'positional' }>;

/** As it was given; null: it was not, or (in the editor) nobody knows yet. */
export function parameterText({ session }: Env, { index, span }: Positional): string | null {
  const { options, blind } = session;
  const values = options.positional ?? [];
  if (index === 0) return String(values.length);
  const value = values[index - 1] ?? null;
  // Scripts find out in this way whether there is one: it is no mistake.
  if (value === null && !blind) {
    const name = `$${String(index)}`;
    session.info('missing-parameter', span, `${name} was not given: it is 0, and str(${name}) an empty text.`);
  }
  return value;
}

export function positional(env: Env, e: Positional): HirExpr {
  const given = parameterText(env, e);
  if (given === null) return env.session.blind ? unknownExpr(e.span) : literal(0n, e.span);
  const number = parameterInteger(given);
  return number === null ? text(given, e.span) : literal(number, e.span);
}

/** A parameter that reads as an integer is one: decimal, hexadecimal or octal, with a sign. */
function parameterInteger(value: string): bigint | null {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(value);
  if (match === null) return null;
  const [, sign = '', digits = '0'] = match;
  const number = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (number >= 1n << 64n) return null;
  return sign === '-' ? -number : number;
}
