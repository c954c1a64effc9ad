/** Calls of the query's own functions: their bodies in place of the call. */
import type { HirExpr } from '../../language/hir.ts';
import { sizeOf } from '../../language/layout.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { setLocal } from './local.ts';
import { isScalar } from './scalar.ts';
import { lowerBlock } from './statement.ts';
import { clear, type Memory } from './memory.ts';

const DEPTH_LIMIT = 32;
const depths = new WeakMap<Context, number>();

/** `to`: where an object that the function returns goes. */
export function invoke(cx: Context, e: Extract<HirExpr, { kind: 'invoke' }>, to?: Memory): Value {
  const depth = depths.get(cx) ?? 0;
  if (depth >= DEPTH_LIMIT) {
    cx.module.diagnostics.error('recursion', e.span, `${e.fn.name}() calls itself`, 'Functions cannot be recursive.');
    return 0n;
  }
  depths.set(cx, depth + 1);
  const { b } = cx;
  e.fn.params.forEach((p, n) => {
    const arg = e.args[n];
    if (arg !== undefined) setLocal(cx, p, arg);
  });
  const result = b.reg();
  b.assign(result, 0n);
  if (to !== undefined && !isScalar(e.type)) clear(cx, to, sizeOf(e.type));
  const end = b.newBlock();
  const before = cx.returns;
  const loops = cx.loops.splice(0);
  cx.returns = { end, result, to: to ?? null, kept: null };
  cx.cache.scope(() => lowerBlock(cx, e.fn.body));
  cx.returns = before;
  cx.loops.push(...loops);
  b.place(end);
  depths.set(cx, depth);
  return b.mov(result);
}
