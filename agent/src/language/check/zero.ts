/** Variables that start as zero. */
import type { Span } from '../diagnostic.ts';
import type { HirExpr, HirStmt } from '../hir.ts';
import { elementTypes } from '../layout.ts';
import type { Type } from '../types.ts';
import { constant, text } from './build.ts';
import { coerce, isScalar } from './convert.ts';
import type { Scope } from './scope.ts';
import { isUnknown } from './unknown.ts';

/** The value of a variable that is only declared; null for types that have no literal (the back end zeroes those). */
export function zeroOf(type: Type, span: Span): HirExpr | null {
  if (isScalar(type)) return constant(0n, type, span);
  if (type.kind === 'string') return coerce(text('', span), type);
  const elements = elementTypes(type);
  if (elements === null) return null;
  const zeros: HirExpr[] = [];
  for (const element of elements) {
    const zero = zeroOf(element, span);
    if (zero === null) return null;
    zeros.push(zero);
  }
  return { kind: 'tuple', type, elements: zeros, span };
}

/** At the start of a body: its variables that outlive the block in which they are first assigned. */
export function escapingZeros(scope: Scope, span: Span): HirStmt[] {
  const zeros: HirStmt[] = [];
  for (const { hoisted, local } of scope.root.declared) {
    const value = hoisted && !isUnknown(local.type) ? zeroOf(local.type, span) : null;
    if (value !== null)
      zeros.push({ kind: 'set', place: { kind: 'local', local, type: local.type, span }, value, span });
  }
  return zeros;
}
