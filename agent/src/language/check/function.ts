/** Functions of the query (`fn`): checked once, when they are first called. */
import type * as ast from '../ast.ts';
import type { HirExpr, HirFunction, HirStmt } from '../hir.ts';
import { typeName } from '../type-name.ts';
import { coerce } from './convert.ts';
import type { Env } from './env.ts';
import { declare, storable } from './place.ts';
import { Scope } from './scope.ts';
import { concrete, shapeOf } from './shape.ts';
import { resolveTypeName } from './type-expression.ts';
import { isUnknown, unknownExpr } from './unknown.ts';
import { escapingZeros } from './zero.ts';

type CallExpr = Extract<ast.Expr, { kind: 'call' }>;

/** null: it is being checked right now, or has errors. */
export function functionOf(env: Env, def: ast.FunctionDef): HirFunction | null {
  const { functions } = env.session;
  const known = functions.get(def.name);
  if (known !== undefined) return known;
  functions.set(def.name, null);
  const base = env.with({
    scope: new Scope(null),
    path: `fn ${def.name}`,
    loops: [],
    prelude: null,
    macros: [],
    place: {
      kind: 'function',
      returns: false,
      probe: null,
      sites: [],
      space: 'kernel',
      dependencies: new Set(),
      args: null,
    },
  });
  const returns = resolveTypeName(base, def.returns);
  const inner = base.with({ returns });
  const params = def.params.map((param) => {
    const type = resolveTypeName(base, param.type);
    return declare(inner, param.name, param.span, type).local;
  });
  const body: HirStmt[] = inner.statements({ ...def.body, value: null });
  if (def.body.value !== null) {
    const value = inner.expression(def.body.value);
    if (!isUnknown(value.type) && !isUnknown(returns))
      body.push({ kind: 'return', value: coerce(value, returns), span: value.span });
  }
  const fn: HirFunction = {
    name: def.name,
    params,
    returns,
    body: { statements: [...escapingZeros(inner.scope, def.span), ...body] },
    span: def.span,
  };
  functions.set(def.name, fn);
  return fn;
}

export function invoke(env: Env, def: ast.FunctionDef, e: CallExpr): HirExpr {
  const args = e.args.map((arg) => env.expression(arg));
  const fn = functionOf(env, def);
  if (fn === null) {
    env.error('recursive-function', e.span, `The function ${def.name} calls itself.`);
    return unknownExpr(e.span);
  }
  if (args.length !== fn.params.length) {
    env.error(
      'call-arguments',
      e.span,
      `${def.name}() takes ${String(fn.params.length)} arguments, not ${String(args.length)}.`,
    );
    return unknownExpr(e.span);
  }
  let good = true;
  const converted = args.map((arg, i) => {
    const type = fn.params[i]?.type ?? arg.type;
    if (isUnknown(arg.type) || isUnknown(type)) good = false;
    else if (!storable(shapeOf(arg), type)) {
      good = false;
      env.error(
        'type-mismatch',
        arg.span,
        `${def.name}(): argument ${String(i + 1)} must be ${typeName(type)}, not ${typeName(concrete(shapeOf(arg), 'value'))}.`,
      );
    }
    return coerce(arg, type);
  });
  if (!good || isUnknown(fn.returns)) return unknownExpr(e.span);
  return { kind: 'invoke', type: fn.returns, fn, args: converted, span: e.span };
}
