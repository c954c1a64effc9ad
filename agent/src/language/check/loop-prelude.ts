/**
 * Loop bodies become functions that the kernel calls back, and those have no context: arguments, registers and stacks are
 * read once before the outermost loop and kept in variables. They do not change while the probe runs.
 */
import type { HirExpr, HirStmt } from '../hir.ts';
import type { Env, LoopPrelude } from './env.ts';
import { isUnknown } from './unknown.ts';

/** Builtins and functions that need the context. */
const OF_CONTEXT: ReadonlySet<string> = new Set([
  'arg',
  'retval',
  'kstack',
  'ustack',
  'dw_ustack',
  'func',
  'usermode',
  'reg',
]);

/** A loop's statement with what has to run before it. `make` elaborates the loop. */
export function withPrelude(env: Env, make: (env: Env) => readonly HirStmt[]): readonly HirStmt[] {
  if (env.prelude !== null) return make(env);
  const prelude: LoopPrelude = { statements: [], locals: new Map() };
  const loop = make(env.with({ prelude }));
  return [...prelude.statements, ...loop];
}

/** The expression, or inside of a loop the variable that was given its value before the loop. */
export function outsideOfLoop(env: Env, expr: HirExpr): HirExpr {
  if (env.prelude === null || isUnknown(expr.type)) return expr;
  const key = keyOf(expr);
  if (key !== null) return kept(env, env.prelude, expr, key);
  if (expr.kind === 'call' && expr.name === 'str') {
    // The address of a text in the record; the text itself is read where it is used.
    const [pointer, ...rest] = expr.args;
    const pointerKey = pointer === undefined ? null : keyOf(pointer);
    if (pointer !== undefined && pointerKey !== null) {
      return { ...expr, args: [kept(env, env.prelude, pointer, pointerKey), ...rest] };
    }
  }
  return expr;
}

function kept(env: Env, prelude: LoopPrelude, expr: HirExpr, key: string): HirExpr {
  let local = prelude.locals.get(key);
  if (local === undefined) {
    local = env.temporary(`$${key}`, expr.type);
    prelude.locals.set(key, local);
    const place = { kind: 'local', local, type: expr.type, span: expr.span } as const;
    prelude.statements.push({ kind: 'set', place, value: expr, span: expr.span });
  }
  return { kind: 'local', local, type: expr.type, span: expr.span };
}

/** Names what is read from the context; null for everything else. */
function keyOf(expr: HirExpr): string | null {
  if (expr.kind === 'builtin' && OF_CONTEXT.has(expr.name)) {
    const { type } = expr;
    const stack = type.kind === 'kstack' || type.kind === 'ustack' ? `${type.mode}${String(type.depth)}` : '';
    return `${expr.name}${expr.param ?? ''}${stack}`;
  }
  if (expr.kind === 'call' && OF_CONTEXT.has(expr.name)) return `${expr.name} ${expr.literals.join()}`;
  if (expr.kind !== 'member' || expr.type.kind === 'struct') return null;
  const path = pathOf(expr);
  return path === null ? null : `args.${path} ${expr.type.kind}`;
}

function pathOf(expr: HirExpr): string | null {
  if (expr.kind === 'context') return '';
  if (expr.kind !== 'member') return null;
  const object = pathOf(expr.object);
  return object === null ? null : `${object}.${expr.field.name}`;
}
