/** `@map[key] = count()` and its kin. */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr, HirStmt } from '../hir.ts';
import { functionRow } from '../tables/functions/index.ts';
import { INT64, UINT64 } from '../types.ts';
import type { Aggregate } from '../types.ts';
import { arityFits } from './call.ts';
import { asInteger, coerce, constantInteger } from './convert.ts';
import type { Env } from './env.ts';
import { place } from './place.ts';
import { isUnknown } from './unknown.ts';

type CallExpr = Extract<ast.Expr, { kind: 'call' }>;

const MAX_LINEAR_BUCKETS = 1000n;
const MAX_SERIES_BUCKETS = 1_000_000n;
const FOLDS: ReadonlySet<string> = new Set(['avg', 'max', 'min', 'sum']);

/** null: the value is no call of an aggregate function. */
export function aggregateCall(env: Env, target: ast.Expr, value: ast.Expr, span: Span): readonly HirStmt[] | null {
  if (value.kind !== 'call') return null;
  const row = functionRow(value.name);
  if (row?.kind !== 'aggregate' || env.session.definitions.functions.has(value.name)) return null;
  if (env.session.definitions.macros.has(value.name)) return null;
  if (target.kind !== 'map') {
    env.error('aggregate-placement', span, `${row.name}() must be assigned directly to a map.`);
    return [];
  }
  if (!arityFits(env, row, value)) return [];
  const number = value.args.length === 0 ? null : argument(env, row.name, value);
  const of = aggregateOf(env, value, number);
  if (of === null) {
    env.session.map(env.scope.mapName(target.name), target.span).assigned = true;
    return [];
  }
  const to = place(env, target, { kind: 'aggregate', of });
  if (to?.kind !== 'map' || to.map.value.kind !== 'aggregate') return [];
  if (to.map.value.of.kind !== of.kind) return [];
  return [{ kind: 'aggregate', map: to.map, key: to.key, args: number === null ? [] : [number], span }];
}

/** The number that is aggregated, as int64 or uint64; null after an error. */
function argument(env: Env, name: string, call: CallExpr): HirExpr | null {
  const [first] = call.args;
  if (first === undefined) return null;
  const value = asInteger(env, env.expression(first), `The value of ${name}()`);
  if (value === null) return null;
  // Buckets have a sign, as in bpftrace: a failed call's -EINTR counts as negative though retval is unsigned.
  const buckets = name === 'hist' || name === 'lhist';
  const signed = buckets || (value.type.kind === 'int' && value.type.signed);
  return coerce(value, signed ? INT64 : UINT64);
}

function aggregateOf(env: Env, call: CallExpr, number: HirExpr | null): Aggregate | null {
  const signed = number?.type.kind === 'int' && number.type.signed;
  if (call.args.length > 0 && (number === null || isUnknown(number.type))) return null;
  switch (call.name) {
    case 'count':
      return { kind: 'count' };
    case 'sum':
    case 'min':
    case 'max':
    case 'avg':
    case 'stats':
      return { kind: call.name, signed };
    case 'hist':
      return hist(env, call);
    case 'lhist':
      return lhist(env, call);
    default:
      return tseries(env, call, signed);
  }
}

function literals(env: Env, call: CallExpr, names: readonly string[]): bigint[] | null {
  const values = names.map((name, i) => {
    const arg = call.args[i + 1];
    return arg === undefined ? null : constantInteger(env, env.expression(arg), `${call.name}: ${name}`);
  });
  return values.some((value) => value === null) ? null : (values as bigint[]);
}

function hist(env: Env, call: CallExpr): Aggregate | null {
  if (call.args.length === 1) return { kind: 'hist', bits: 0 };
  const [bits] = literals(env, call, ['bits']) ?? [];
  if (bits === undefined) return null;
  if (bits >= 0n && bits <= 5n) return { kind: 'hist', bits: Number(bits) };
  env.error('bad-parameter', call.span, 'hist: bits must be from 0 to 5.');
  return null;
}

function lhist(env: Env, call: CallExpr): Aggregate | null {
  const [min, max, step] = literals(env, call, ['min', 'max', 'step']) ?? [];
  if (min === undefined || max === undefined || step === undefined) return null;
  const limit = 1n << 62n;
  if (step <= 0n) env.error('bad-parameter', call.span, 'lhist: step must be greater than 0.');
  else if (min < -limit || max > limit) env.error('bad-parameter', call.span, 'lhist: the bounds are too large.');
  else if (min >= max) env.error('bad-parameter', call.span, 'lhist: min must be less than max.');
  else if ((max - min) / step > MAX_LINEAR_BUCKETS) {
    env.error(
      'bad-parameter',
      call.span,
      `lhist: too many buckets, at most ${String(MAX_LINEAR_BUCKETS)}.`,
      'Use a larger step.',
    );
  } else if (max - min < step) env.error('bad-parameter', call.span, 'lhist: step is larger than the range.');
  else return { kind: 'lhist', min, max, step };
  return null;
}

function tseries(env: Env, call: CallExpr, signed: boolean): Aggregate | null {
  const { config } = env.session;
  if (config.unstable_tseries === 'error') {
    env.error(
      'unstable',
      call.span,
      'tseries is not stable yet.',
      'Allow it with config = { unstable_tseries = enable }.',
    );
    return null;
  }
  if (config.unstable_tseries === 'warn')
    env.warning('unstable', call.span, 'tseries is not stable yet: its output may change.');
  const [interval, buckets] = literals(env, call, ['interval', 'buckets']) ?? [];
  if (interval === undefined || buckets === undefined) return null;
  const foldArg = call.args[3];
  const fold =
    foldArg === undefined ? 'last' : foldArg.kind === 'string' && FOLDS.has(foldArg.value) ? foldArg.value : null;
  if (interval <= 0n) env.error('bad-parameter', call.span, 'tseries: the interval must be greater than 0.');
  else if (buckets <= 0n || buckets > MAX_SERIES_BUCKETS) {
    env.error('bad-parameter', call.span, `tseries: buckets must be from 1 to ${String(MAX_SERIES_BUCKETS)}.`);
  } else if (fold === null)
    env.error('bad-parameter', call.span, `tseries: the fold must be one of ${[...FOLDS].join(', ')}.`);
  else return { kind: 'tseries', interval, buckets: Number(buckets), fold: fold as 'avg', signed };
  return null;
}
