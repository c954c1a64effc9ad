/** Tuples and records: elements at their offsets, padding zero, since keys are compared by their bytes. */
import { elementOffsets, paddingOf } from '../../language/layout.ts';
import type { HirExpr } from '../../language/hir.ts';
import type { Context } from './context.ts';
import { lowerInto } from './expression.ts';
import { clear, within, type Memory } from './memory.ts';

export function tupleInto(cx: Context, e: Extract<HirExpr, { kind: 'tuple' }>, to: Memory): void {
  for (const hole of paddingOf(e.type)) clear(cx, within(to, hole.start), hole.end - hole.start);
  const offsets = elementOffsets(e.type);
  e.elements.forEach((element, n) => lowerInto(cx, element, within(to, offsets[n] ?? 0)));
}
