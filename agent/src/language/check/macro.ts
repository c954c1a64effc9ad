/**
 * Macro expansion. The body sees its parameters and nothing else of the caller; its own variables cannot clash with the
 * caller's. Several macros of one name differ in the number or in the kind of their parameters.
 */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpr } from '../hir.ts';
import { effect, sequence } from './build.ts';
import type { Env } from './env.ts';
import { blockValue } from './expression.ts';
import { assign, declare } from './place.ts';
import { Scope } from './scope.ts';
import { isUnknown, unknownExpr } from './unknown.ts';
import { escapingZeros } from './zero.ts';

const MAX_DEPTH = 64;

/** Whether an argument may stand for a parameter; a higher number is a closer match. */
function match(param: ast.MacroParam, arg: ast.Expr): number {
  if (param.kind === 'map') return arg.kind === 'map' && arg.keys === null ? 3 : 0;
  if (param.kind === 'variable') return arg.kind === 'variable' ? 3 : 1;
  return 2;
}

/** 0: one of them may not. */
function matchAll(params: readonly ast.MacroParam[], args: readonly ast.Expr[]): number {
  let sum = 1;
  for (const [i, param] of params.entries()) {
    const score = match(param, args[i] as ast.Expr);
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

/** The macro whose parameters fit best; null when no macro has the name. */
export function findMacro(env: Env, name: string, args: readonly ast.Expr[]): ast.MacroDef | null {
  const candidates = env.session.definitions.macros.get(name);
  if (candidates === undefined) return null;
  let best: ast.MacroDef | null = null;
  let bestScore = 0;
  for (const macro of candidates) {
    if (macro.params.length !== args.length) continue;
    const score = matchAll(macro.params, args);
    if (score > bestScore) [best, bestScore] = [macro, score];
  }
  return best;
}

export function expandMacro(env: Env, macro: ast.MacroDef, args: readonly ast.Expr[], span: Span): HirExpr {
  const marker = `${macro.name}:${String(macro.span.start)}`;
  if (env.macros.includes(marker) || env.macros.length >= MAX_DEPTH) {
    env.error('recursive-macro', span, `The macro ${macro.name} expands itself.`);
    return unknownExpr(span);
  }
  env.session.countExpansion(span);
  const inner = env.with({
    scope: new Scope(null),
    macros: [...env.macros, marker],
    path: `${env.path}/${String(span.start)}`,
  });
  const before: HirExpr[] = [];
  for (const [i, param] of macro.params.entries()) {
    const arg = args[i] as ast.Expr;
    if (param.kind === 'map' && arg.kind === 'map') inner.scope.aliasMap(param.name, env.scope.mapName(arg.name));
    else if (param.kind === 'identifier') inner.scope.substitute(param.name, { expr: arg, env });
    else if (arg.kind === 'variable' && env.scope.variable(arg.name) !== null) {
      const variable = env.scope.variable(arg.name);
      if (variable !== null) inner.scope.declare(param.name, variable);
    } else {
      // Any other value is copied into a variable of the macro's own.
      const value = env.expression(arg);
      declare(inner, param.name, param.span, null);
      const stored = assign(inner, { kind: 'variable', name: param.name, span: param.span }, value, arg.span);
      if (!isUnknown(value.type)) before.push(effect(stored, arg.span));
    }
  }
  const value = blockValue(inner, macro.body, span);
  const statements = [
    ...before.flatMap((one) => (one.kind === 'block' ? one.block.statements : [])),
    ...escapingZeros(inner.scope, span),
  ];
  if (statements.length === 0) return value;
  if (value.type.kind !== 'none' || isUnknown(value.type)) return sequence(statements, value, span);
  return effect([...statements, ...(value.kind === 'block' ? value.block.statements : [])], span);
}
