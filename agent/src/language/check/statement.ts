/** Every kind of statement: one row each. */
import type * as ast from '../ast.ts';
import { MOST_TURNS, type ArithmeticOp, type HirExpr, type HirStmt } from '../hir.ts';
import { typeName } from '../type-name.ts';
import { INT64, UINT64 } from '../types.ts';
import type { Type } from '../types.ts';
import { aggregateCall } from './aggregate.ts';
import { arithmetic, arithmeticType, shiftCount } from './arithmetic.ts';
import { discard, literal } from './build.ts';
import { asInteger, coerce, condition, constantInteger, isScalar } from './convert.ts';
import type { Env } from './env.ts';
import { withPrelude } from './loop-prelude.ts';
import { assign, declare, mapState, place, readVariable, reportUndefined, storable, widen } from './place.ts';
import { concrete, shapeOf } from './shape.ts';
import { describe, resolveTypeName } from './type-expression.ts';
import { isUnknown, UNKNOWN } from './unknown.ts';
import { zeroOf } from './zero.ts';

/** The node of a kind, also where one node type stands for two kinds. */
type Of<K extends ast.Stmt['kind']> = ast.Stmt extends infer S
  ? S extends ast.Stmt
    ? K extends S['kind']
      ? S
      : never
    : never
  : never;
type Rule<K extends ast.Stmt['kind']> = (env: Env, stmt: Of<K>) => readonly HirStmt[];

const MAX_UNROLL = 100;

const RULES: { readonly [K in ast.Stmt['kind']]: Rule<K> } = {
  'expr-stmt': (env, s) => discard(unused(env, s.expr, env.expression(s.expr))),
  assign: assignment,
  discard: (env, s) => discard(env.expression(s.value)),
  let: declaration,
  while: (env, s) => withPrelude(env, (inner) => whileLoop(inner, s)),
  unroll,
  'for-map': (env, s) => withPrelude(env, (inner) => forMap(inner, s)),
  'for-range': (env, s) => withPrelude(env, (inner) => forRange(inner, s)),
  break: (env, s) => jump(env, s),
  continue: (env, s) => jump(env, s),
  return: returnStatement,
  block: (env, s) => [{ kind: 'block', block: env.block(s), span: s.span }],
  'import-stmt': (env, s) => {
    env.error('unsupported', s.span, 'Imports stand at the top of the script.');
    return [];
  },
  error: () => [],
};

/** The statements of a block in the environment's own scope; a value at the end counts as a statement. */
export function statements(env: Env, list: readonly ast.Stmt[], value: ast.Expr | null): HirStmt[] {
  const out: HirStmt[] = [];
  for (const stmt of list) {
    env.session.countNode(stmt.span);
    const rule = RULES[stmt.kind] as Rule<ast.Stmt['kind']>;
    for (const one of rule(env, stmt as never)) out.push(one);
  }
  if (value !== null) {
    for (const one of discard(unused(env, value, env.expression(value)))) out.push(one);
  }
  return out;
}

const EFFECTS: ReadonlySet<ast.Expr['kind']> = new Set([
  'call',
  'update',
  'if',
  'block-expr',
  'ternary',
  'error',
  'comptime',
]);

/** A value that nobody uses is most likely a mistake. */
function unused(env: Env, expr: ast.Expr, value: HirExpr): HirExpr {
  const call =
    expr.kind === 'call' && (value.kind === 'call' || value.kind === 'invoke' || value.kind === 'map-delete');
  const asked = value.kind === 'map-has';
  if (asked || (value.type.kind !== 'none' && !call && !EFFECTS.has(expr.kind) && expr.kind !== 'ident')) {
    env.warning('unused-value', expr.span, 'The value of this expression is not used.');
  }
  return value;
}

function assignment(env: Env, s: Of<'assign'>): readonly HirStmt[] {
  if (s.op !== '=') return compound(env, s, s.op.slice(0, -1) as ArithmeticOp);
  const aggregated = aggregateCall(env, s.target, s.value, s.span);
  if (aggregated !== null) return aggregated;
  return assign(env, s.target, env.expression(s.value), s.span);
}

/** `target op= value`, in place. */
function compound(env: Env, s: Of<'assign'>, op: ArithmeticOp): readonly HirStmt[] {
  const value = env.expression(s.value);
  if (s.target.kind === 'variable' && env.scope.variable(s.target.name) === null) {
    readVariable(env, s.target.name, s.target.span);
    return [];
  }
  if (isUnknown(value.type)) {
    place(env, s.target, UNKNOWN);
    return [];
  }
  if (value.type.kind !== 'int' && !isScalar(value.type)) {
    env.error(
      'type-mismatch',
      s.value.span,
      `The right side of '${s.op}' must be an integer, not ${typeName(value.type)}.`,
    );
    return [];
  }
  const number = asInteger(env, value, `The right side of '${s.op}'`);
  if (number === null) return [];
  const zero = literal(0n, s.target.span);
  const shape = number.kind === 'const' && number.value >= 0n ? shapeOf(zero) : arithmeticType(op, zero, number);
  const target = place(env, s.target, op === '-' ? shapeOf(zero) : op === '<<' || op === '>>' ? shapeOf(zero) : shape);
  if (target === null) return [];
  if (target.type.kind === 'pointer') {
    return [{ kind: 'set', place: target, value: arithmetic(env, op, target, number, s.span), span: s.span }];
  }
  if (target.type.kind !== 'int') {
    env.error(
      'type-mismatch',
      s.target.span,
      `The left side of '${s.op}' must be an integer, not ${typeName(target.type)}.`,
    );
    return [];
  }
  if (number.kind === 'const' && number.value === 0n && (op === '/' || op === '%')) {
    env.warning('division-by-zero', s.span, 'Division by zero: the result is 1 and every run reports it.');
  }
  if (target.type.size < 8) widen(env, s.target, arithmeticType(op, target, number));
  const operand = coerce(shiftCount(op, number), target.type);
  return [{ kind: 'set-op', place: target, op, value: operand, span: s.span }];
}

function declaration(env: Env, s: Of<'let'>): readonly HirStmt[] {
  const value = s.value === null ? null : env.expression(s.value);
  const declared = s.type === null ? null : resolveTypeName(env, s.type);
  if (env.scope.variable(s.name) !== null) {
    env.error('shadowed-variable', s.nameSpan, `$${s.name} is already declared here.`, 'Choose another name.');
    return [];
  }
  if (declared !== null && declared.kind === 'none' && !isUnknown(declared)) {
    env.error('type-mismatch', s.nameSpan, 'A variable cannot be void.');
    return [];
  }
  if (value === null) {
    const { local } = declare(env, s.name, s.nameSpan, declared);
    const zero = zeroOf(local.type, s.span);
    return zero === null
      ? []
      : [
          {
            kind: 'set',
            place: { kind: 'local', local, type: local.type, span: s.nameSpan },
            value: zero,
            span: s.span,
          },
        ];
  }
  const target: ast.Expr = { kind: 'variable', name: s.name, span: s.nameSpan };
  if (declared === null) {
    declare(env, s.name, s.nameSpan, null);
    return assign(env, target, value, s.span);
  }
  declare(env, s.name, s.nameSpan, declared);
  if (!isUnknown(value.type) && !isUnknown(declared) && !storable(shapeOf(value), declared)) {
    env.error(
      'type-mismatch',
      value.span,
      `Type mismatch for $${s.name}: trying to assign a value of type ${describe(concrete(shapeOf(value), 'value'))} to a variable of type ${typeName(declared)}.`,
    );
    return [];
  }
  return assign(env, target, value, s.span);
}

function whileLoop(env: Env, s: Of<'while'>): readonly HirStmt[] {
  const cond = condition(env, env.expression(s.cond));
  const body = env.block(s.body, [...env.loops, 'while']);
  if (isUnknown(cond.type)) return [];
  if (cond.kind === 'const' && cond.value !== 0n && !leaves(s.body)) {
    env.error('endless-loop', s.cond.span, 'The loop has no end.', 'Leave it with break or return.');
    return [];
  }
  return [{ kind: 'while', cond, body, span: s.span }];
}

/** Whether a break or return stands somewhere in the block. */
function leaves(block: ast.Block): boolean {
  const seen = JSON.stringify(block, (_key, value: unknown) => (typeof value === 'bigint' ? '' : value));
  return seen.includes('"kind":"break"') || seen.includes('"kind":"return"');
}

function unroll(env: Env, s: Of<'unroll'>): readonly HirStmt[] {
  const count = constantInteger(env, env.expression(s.count), 'The count of unroll');
  const body = env.block(s.body, [...env.loops, 'unroll']);
  if (count === null) return [];
  if (count < 1n || count > BigInt(MAX_UNROLL)) {
    env.error('bad-count', s.count.span, `unroll needs a count from 1 to ${String(MAX_UNROLL)}.`);
    return [];
  }
  return [{ kind: 'unroll', count: Number(count), body, span: s.span }];
}

function forRange(env: Env, s: Of<'for-range'>): readonly HirStmt[] {
  const bounds = [s.from, s.to].map((one) => asInteger(env, env.expression(one), 'A bound of the range'));
  const [from, to] = bounds;
  const inner = env.nested([...env.loops, 'for']);
  shadowing(env, s);
  const type =
    from?.type.kind === 'int' && to?.type.kind === 'int' && !(from.type.signed && to.type.signed) ? UINT64 : INT64;
  const { local } = declare(inner, s.name, s.nameSpan, type, true);
  const body = inner.block(s.body);
  if (!from || !to) return [];
  if (from.kind === 'const' && to.kind === 'const') {
    const turns = to.value - from.value;
    if (turns <= 0n) return [];
    if (turns > MOST_TURNS)
      env.error(
        'bad-count',
        s.from.span,
        `The loop has ${String(turns)} turns, and the kernel ends it after ${String(MOST_TURNS)}.`,
        'Put a loop into a loop.',
      );
  }
  return [{ kind: 'for-range', local, from: coerce(from, type), to: coerce(to, type), body, span: s.span }];
}

function shadowing(env: Env, s: Of<'for-range' | 'for-map'>): void {
  if (env.scope.variable(s.name) === null) return;
  env.error('shadowed-variable', s.nameSpan, `$${s.name} is already declared here.`, 'Choose another name.');
}

function forMap(env: Env, s: Of<'for-map'>): readonly HirStmt[] {
  const state = mapState(env, s.map);
  const map = env.session.hirMap(state);
  if (s.map.keys !== null) {
    env.error('map-key', s.map.span, 'A loop goes over a whole map: write it without a key.');
    return [];
  }
  if (state.keyed === false) {
    env.error('map-key', s.map.span, `@${state.name} has no keys to loop over.`);
    return [];
  }
  if (!state.assigned && state.declaration === null) reportUndefined(env, state, s.map.span);
  const inner = env.nested([...env.loops, 'for']);
  shadowing(env, s);
  const { value } = map;
  const readable = value.kind !== 'aggregate' || !['hist', 'lhist', 'tseries', 'stats'].includes(value.of.kind);
  if (!readable) env.error('type-mismatch', s.map.span, `Loops over ${typeName(value)} maps are not possible.`);
  const known = map.key !== null && !isUnknown(map.key) && !isUnknown(value) && readable;
  const element: Type = value.kind === 'aggregate' ? INT64 : value;
  const pair: Type = known ? { kind: 'tuple', elements: [map.key, element] } : UNKNOWN;
  const { local } = declare(inner, s.name, s.nameSpan, pair, true);
  const body = inner.block(s.body);
  return known ? [{ kind: 'for-map', local, map, body, span: s.span }] : [];
}

function jump(env: Env, s: Of<'break' | 'continue'>): readonly HirStmt[] {
  if (env.loops.length === 0) {
    env.error('not-in-loop', s.span, `${s.kind} stands outside of a loop.`);
    return [];
  }
  return [{ kind: s.kind, span: s.span }];
}

function returnStatement(env: Env, s: Of<'return'>): readonly HirStmt[] {
  const value = s.value === null ? null : env.expression(s.value);
  if (env.place.kind === 'test' && value !== null) {
    // A test fails with anything but 0.
    const failed = condition(env, value);
    return isUnknown(failed.type) ? [] : [{ kind: 'return', value: failed, span: s.span }];
  }
  if (env.place.kind !== 'function') {
    // Other probes may return a value for compatibility; the kernel ignores it.
    return [...(value === null ? [] : discard(value)), { kind: 'return', value: null, span: s.span }];
  }
  const type = env.returns ?? UNKNOWN;
  if (value === null || type.kind === 'none') {
    if ((value === null) !== (type.kind === 'none')) {
      env.error(
        'type-mismatch',
        s.span,
        value === null ? `The function must return ${typeName(type)}.` : 'The function returns void.',
      );
    }
    return [{ kind: 'return', value: null, span: s.span }];
  }
  if (isUnknown(value.type)) return [];
  if (!storable(shapeOf(value), type)) {
    env.error('type-mismatch', value.span, `The function must return ${typeName(type)}, not ${typeName(value.type)}.`);
    return [];
  }
  return [{ kind: 'return', value: coerce(value, type), span: s.span }];
}
