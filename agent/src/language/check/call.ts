/** Calls: the query's own macros and functions first, then the function table, then builtins with a parameter. */
import type * as ast from '../ast.ts';
import { adviceFor } from '../tables/removed.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr } from '../hir.ts';
import { builtinRow } from '../tables/builtins.ts';
import { lackOf } from '../tables/features.ts';
import { functionNames, functionRow } from '../tables/functions/index.ts';
import type { FunctionRow } from '../tables/functions/index.ts';
import { parameterised } from './builtin-call.ts';
import { probeType } from './builtins.ts';
import type { Env } from './env.ts';
import { invoke } from './function.ts';
import { FUNCTION_RULES } from './functions/index.ts';
import { expandMacro, findMacro } from './macro.ts';
import { nearest } from './suggest.ts';
import { isUnknown, unknownExpr } from './unknown.ts';

export type CallExpr = Extract<ast.Expr, { kind: 'call' }>;

/** A call of a function of the table, as its rule sees it. */
export class Call {
  readonly env: Env;
  readonly name: string;
  readonly expr: CallExpr;
  readonly span: Span;
  readonly args: readonly ast.Expr[];

  constructor(env: Env, expr: CallExpr, name: string) {
    this.env = env;
    this.name = name;
    this.expr = expr;
    this.span = expr.span;
    this.args = expr.args;
  }

  arg(index: number): ast.Expr {
    return this.args[index] ?? { kind: 'error', span: this.span };
  }

  /** The value of an argument; unknown after an error. */
  value(index: number): HirExpr {
    const arg = this.args[index];
    return arg === undefined ? unknownExpr(this.span) : this.env.expression(arg);
  }

  values(): HirExpr[] {
    return this.args.map((arg) => this.env.expression(arg));
  }

  /** A literal string; null and an error when it is none. */
  literalText(index: number, what: string): string | null {
    const value = this.value(index);
    if (value.kind === 'string') return value.value;
    if (!isUnknown(value.type))
      this.error('not-constant', value.span, `${this.name}: ${what} must be a string literal.`);
    return null;
  }

  /** A literal integer; null and an error when it is none. */
  literalInteger(index: number, what: string): bigint | null {
    const value = this.value(index);
    if (value.kind === 'const' && !isUnknown(value.type)) return value.value;
    if (!isUnknown(value.type))
      this.error('not-constant', value.span, `${this.name}: ${what} must be a literal integer.`);
    return null;
  }

  error(code: string, span: Span, message: string, hint?: string): HirExpr {
    this.env.error(code, span, message, hint);
    return unknownExpr(this.span);
  }
}

export type FunctionRule = (call: Call) => HirExpr;

/** Made as they are looked at. */
function* names({ session: { definitions } }: Env): Iterable<string> {
  yield* functionNames();
  yield* definitions.macros.keys();
  yield* definitions.functions.keys();
}

export function callFunction(env: Env, e: CallExpr): HirExpr {
  const { name, span } = e;
  const { definitions } = env.session;
  const macro = findMacro(env, name, e.args);
  if (macro !== null) return expandMacro(env, macro, e.args, span);
  const own = definitions.functions.get(name);
  if (own !== undefined) return invoke(env, own, e);
  const row = functionRow(name);
  if (row !== null) return tableCall(env, row, e);
  if (builtinRow(name) !== null) return parameterised(env, e);
  const macros = definitions.macros.get(name);
  if (macros !== undefined) {
    const arities = [...new Set(macros.map((one) => one.params.length))].join(' or ');
    env.error(
      'macro-arguments',
      span,
      `The macro ${name} takes ${arities} arguments of certain kinds; these do not fit.`,
    );
    return unknownExpr(span);
  }
  const hint = (): string | undefined => adviceFor(name) ?? nearest(name, names(env));
  env.error('unknown-function', e.nameSpan, `Unknown function: '${name}'.`, hint);
  for (const arg of e.args) env.expression(arg);
  return unknownExpr(span);
}

function tableCall(env: Env, row: FunctionRow, e: CallExpr): HirExpr {
  const { span } = e;
  if (row.kind === 'aggregate') {
    env.error(
      'aggregate-placement',
      span,
      `${row.name}() must be assigned directly to a map.`,
      `Write @name = ${row.name}(...).`,
    );
    return unknownExpr(span);
  }
  if (!arityFits(env, row, e) || !permitted(env, row, e)) return unknownExpr(span);
  const rule = FUNCTION_RULES[row.name];
  return rule === undefined ? unknownExpr(span) : rule(new Call(env, e, row.name));
}

export function arityFits(env: Env, row: FunctionRow, e: CallExpr): boolean {
  const [least, most] = row.arity;
  if (e.args.length >= least && e.args.length <= most) return true;
  const wanted = least === most ? String(least) : `${String(least)} to ${String(most)}`;
  const noun = wanted === '1' ? 'argument' : 'arguments';
  env.error(
    'call-arguments',
    e.span,
    `${row.name}() takes ${wanted} ${noun}, not ${String(e.args.length)}.`,
    row.signatures.join(', '),
  );
  return false;
}

function permitted(env: Env, row: FunctionRow, e: CallExpr): boolean {
  const { session, place } = env;
  if (row.unsafe === true && session.options.unsafe !== true) {
    env.error(
      'unsafe',
      e.span,
      `${row.name}() is an unsafe function that can change the system.`,
      'It needs --unsafe.',
    );
    return false;
  }
  if (row.probes !== undefined && place.kind !== 'function' && !row.probes.includes(place.kind)) {
    env.error(
      'function-place',
      e.span,
      `${row.name}() cannot be used with '${probeType(place.kind, place.returns)}' probes.`,
    );
    return false;
  }
  const { requires } = row;
  const lack = requires === undefined || session.blind ? null : lackOf(session.target, ...requires);
  if (lack !== null) {
    env.error('needs-feature', e.span, `${row.name}() needs ${lack.words}.`, lack.mend);
    return false;
  }
  return true;
}
