/**
 * The type of what could not be determined: because of an error that was already reported, because a map's type is not
 * inferred yet, or because the host's facts are missing (editor). It goes with everything and causes no more messages.
 */
import type { Span } from '../diagnostic.ts';
import type { HirExpr } from '../hir.ts';
import type { Type } from '../types.ts';

export const UNKNOWN: Type = { kind: 'none' };

export function isUnknown(type: Type): boolean {
  return type === UNKNOWN;
}

/** Stands for an expression whose type is not known; never reaches the back end. */
export function unknownExpr(span: Span): HirExpr {
  return { kind: 'const', type: UNKNOWN, value: 0n, span };
}
