/** Bare names: macro arguments, 0-argument macros, #define constants, builtins, enumerators, header constants. */
import type * as ast from '../ast.ts';
import type { HirExpr } from '../hir.ts';
import { builtinNames } from '../tables/builtins.ts';
import { CONSTANTS } from '../tables/constants.ts';
import { syscallNumber } from '../tables/syscalls.ts';
import { constant, literal } from './build.ts';
import { adviceFor } from '../tables/removed.ts';
import { builtin } from './builtins.ts';
import type { Env } from './env.ts';
import { expandMacro, findMacro } from './macro.ts';
import { Scope } from './scope.ts';
import { nearest } from './suggest.ts';
import { unknownExpr } from './unknown.ts';

const MAX_DEFINE_DEPTH = 64;

export function identifier(env: Env, e: Extract<ast.Expr, { kind: 'ident' }>): HirExpr {
  const { name, span } = e;
  const { session } = env;
  const substitution = env.scope.substitution(name);
  if (substitution !== null) return substitution.env.expression(substitution.expr);
  const macro = findMacro(env, name, []);
  if (macro !== null) return expandMacro(env, macro, [], span);
  const define = session.definitions.defines.get(name);
  if (define !== undefined) return expandDefine(env, name, define, span);
  const found = builtin(env, name, span);
  if (found !== null) return found;
  const enumerator = session.types.enumerator(name);
  if (enumerator !== null) return constant(enumerator.value, enumerator.type, span);
  const known = CONSTANTS.get(name) ?? syscallNumber(session.target.arch, name);
  if (known !== null) return literal(known, span);
  if (session.blind) return unknownExpr(span);
  const hint = (): string | undefined => adviceFor(name) ?? nearest(name, names(env));
  env.error('undefined-name', span, `Unknown identifier: '${name}'.`, hint);
  return unknownExpr(span);
}

/** Made as they are looked at. */
function* names({ session: { definitions, types } }: Env): Iterable<string> {
  yield* builtinNames();
  yield* definitions.defines.keys();
  yield* definitions.macros.keys();
  yield* types.enumerators.keys();
  yield* CONSTANTS.keys();
}

function expandDefine(env: Env, name: string, value: ast.Expr, span: ast.Expr['span']): HirExpr {
  const marker = `#${name}`;
  if (env.macros.includes(marker) || env.macros.length > MAX_DEFINE_DEPTH) {
    env.error('recursive-macro', span, `The definition of ${name} contains itself.`);
    return unknownExpr(span);
  }
  env.session.countExpansion(span);
  const inner = env.with({
    scope: new Scope(null),
    macros: [...env.macros, marker],
    path: `${env.path}/${String(span.start)}`,
  });
  return { ...inner.expression(value), span };
}
