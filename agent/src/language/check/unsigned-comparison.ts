/** Comparisons that an unsigned value decides beforehand: most often a return value that should have been cast. */
import type { Span } from '../diagnostic.ts';
import type { CompareOp, HirExpr } from '../hir.ts';
import type { Env } from './env.ts';

/** Operators as they read with their sides exchanged. */
const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};

/** An unsigned value is never below zero. */
export function warnAlways(env: Env, op: CompareOp, left: HirExpr, right: HirExpr, span: Span): void {
  const [value, limit, way] = left.kind === 'const' ? [right, left, MIRRORED[op]] : [left, right, op];
  const zero = limit.kind === 'const' && limit.value === 0n && (way === '<' || way === '>=');
  if (!zero || value.type.kind !== 'int' || value.type.signed || value.kind === 'const') return;
  const message = `An unsigned value is compared with 0: this is always ${way === '<' ? 'false' : 'true'}.`;
  const comparison = left.kind === 'const' ? (text: string) => `0 ${op} ${text}` : (text: string) => `${text} ${op} 0`;
  env.warning('sign-mismatch', span, message, castHint(env, value, comparison));
}

/** What to write instead of a comparison in which `value` should have a sign. */
export function castHint(env: Env, value: HirExpr, comparison: (cast: string) => string): string | undefined {
  if (value.type.kind !== 'int' || value.type.signed || value.type.size < 8) return undefined;
  const name = nameOf(value);
  if (name === null) return undefined;
  const returned = name === 'retval' ? returnSize(env) : null;
  if (returned !== null) {
    return `retval has all 64 bits of the register, without a sign; the function returns int${returned}: write ${comparison(`(int${returned})retval`)}.`;
  }
  // What a function takes or gives back is most often an int, and then the register's upper half means nothing.
  const type = name === 'retval' || name.startsWith('arg') || env.place.returns ? 'int32' : 'int64';
  const other = type === 'int32' ? ', or (int64) where it is a long' : '';
  return `Cast it: ${comparison(`(${type})${name}`)}${other}.`;
}

function nameOf(value: HirExpr): string | null {
  if (value.kind === 'builtin') return value.name === 'arg' ? `arg${value.param ?? ''}` : value.name;
  if (value.kind === 'local') return value.local.name;
  if (value.kind === 'map') return value.key === null ? value.map.name : `${value.map.name}[...]`;
  return null;
}

/** Bits of what the kernel function returns; null where that is not known or has no sign. */
function returnSize(env: Env): number | null {
  const site = env.place.probe?.site;
  if (site?.kind !== 'kprobe') return null;
  const [prototype] = env.session.target.btf?.functions(site.symbol, site.module === '' ? null : site.module) ?? [];
  const type = prototype?.returns;
  return type?.kind === 'int' && type.signed ? type.size * 8 : null;
}
