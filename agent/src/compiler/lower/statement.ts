/** Statements, one function a kind, found by table. */
import type { HirBlock, HirExpr, HirStmt } from '../../language/hir.ts';
import { lowerAggregate } from './aggregate.ts';
import { arithmetic } from './arithmetic.ts';
import { branch } from './condition.ts';
import type { Context } from './context.ts';
import { lowerEmit } from './event.ts';
import { lowerDirect, lowerInto, lowerValue } from './expression.ts';
import { readLocal, setLocal, writeLocal } from './local.ts';
import { forMap, forRange, whileLoop, unroll } from './loop.ts';
import { changeMap, setMap } from './map.ts';
import { storeInt } from './memory.ts';
import { ifChain } from './walk.ts';
import { isScalar } from './scalar.ts';

type LowerOf<K> = (cx: Context, s: Extract<HirStmt, { kind: K }>) => void;
type Statements = { readonly [K in HirStmt['kind']]: LowerOf<K> };

const STATEMENTS: Statements = {
  expr: (cx, s) => {
    if (s.expr.type.kind === 'none' || isScalar(s.expr.type)) lowerValue(cx, s.expr);
    else lowerDirect(cx, s.expr);
  },
  set: (cx, s) => {
    if (s.place.kind === 'map') setMap(cx, s.place, s.value);
    else setLocal(cx, s.place.local, s.value);
  },
  'set-op': (cx, s) => {
    if (s.place.kind === 'map') return changeMap(cx, s.place, s.op, s.value, s.span);
    const before = readLocal(cx, s.place.local);
    const value = lowerValue(cx, s.value);
    writeLocal(cx, s.place.local, arithmetic(cx, s.op, before, value, s.place.type, s.span));
  },
  aggregate: lowerAggregate,
  emit: lowerEmit,
  if: (cx, s) => {
    const end = cx.b.newBlock();
    const { branches, otherwise } = ifChain(s);
    for (const [i, { cond, then, span }] of branches.entries()) {
      const yes = cx.b.newBlock();
      const isLast = i === branches.length - 1 && otherwise === null;
      const no = isLast ? end : cx.b.newBlock();
      cx.at(span, () =>
        cx.cache.scope(() => {
          branch(cx, cond, yes, no);
          cx.b.place(yes);
          lowerBlock(cx, then);
        }),
      );
      if (isLast) break;
      cx.b.jump(end);
      cx.b.place(no);
    }
    if (otherwise !== null) cx.cache.scope(() => lowerBlock(cx, otherwise));
    cx.b.place(end);
  },
  while: whileLoop,
  unroll,
  'for-range': forRange,
  'for-map': forMap,
  break: (cx) => cx.loops.at(-1)?.onBreak(),
  continue: (cx) => cx.loops.at(-1)?.onContinue(),
  return: (cx, s) => {
    const { returns } = cx;
    if (returns === null) {
      if (s.value !== null) keepResult(cx, s.value);
      return cx.leave();
    }
    if (s.value !== null) {
      if (isScalar(s.value.type)) cx.b.assign(returns.result, lowerValue(cx, s.value));
      else if (returns.to !== null) lowerInto(cx, s.value, returns.to);
    }
    cx.b.jump(returns.end);
  },
  block: (cx, s) => lowerBlock(cx, s.block),
};

export function lowerStatement(cx: Context, s: HirStmt): void {
  cx.at(s.span, () => cx.b.scope(() => (STATEMENTS[s.kind] as (cx: Context, s: HirStmt) => void)(cx, s)));
}

export function lowerBlock(cx: Context, block: HirBlock): void {
  for (const s of block.statements) lowerStatement(cx, s);
}

/** The result of a query's function, returned from a loop that a helper runs. */
function keepResult(cx: Context, value: HirExpr): void {
  const { outerReturns } = cx;
  if (isScalar(value.type)) {
    const result = lowerValue(cx, value);
    if (outerReturns === null) return;
    outerReturns.kept ??= cx.root.b.slot(8);
    storeInt(cx, cx.inFrame(outerReturns.kept), 8, result);
    return;
  }
  const to = outerReturns?.to ?? null;
  if (to === null) return;
  if (cx.canSee(to)) lowerInto(cx, value, cx.seen(to));
  else {
    const message = 'A function cannot return text or tuples from inside of this loop.';
    cx.module.diagnostics.error(
      'unsupported',
      value.span,
      message,
      'Keep the value in a variable and return it after the loop.',
    );
  }
}
