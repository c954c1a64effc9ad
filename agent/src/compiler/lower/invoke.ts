/** Calls of the query's own functions: their bodies in place of the call. */
import type { HirExpr } from '../../language/hir.ts';
import { sizeOf } from '../../language/layout.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { lowerInto, lowerValue } from './expression.ts';
import { localMemory, setLocal, writeLocal } from './local.ts';
import { isScalar } from './scalar.ts';
import { lowerBlock } from './statement.ts';
import { clear, copy, type Memory } from './memory.ts';
import { someWithin } from './walk.ts';

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
  setParameters(cx, e);
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

/** All arguments are there before the first parameter is set: an argument may call the same function. */
function setParameters(cx: Context, { fn, args }: Extract<HirExpr, { kind: 'invoke' }>): void {
  const set = fn.params.map((param, n) => {
    const arg = args[n];
    if (arg === undefined) return null;
    if (isScalar(param.type)) {
      const value = lowerValue(cx, arg);
      return () => writeLocal(cx, param, value);
    }
    if (!args.slice(n).some((one) => someWithin(one, ({ kind }) => kind === 'invoke'))) {
      setLocal(cx, param, arg);
      return null;
    }
    const size = sizeOf(param.type);
    const kept = cx.temporary(size);
    lowerInto(cx, arg, kept);
    return () => {
      cx.cache.forget(`$${param.id};`);
      const place = localMemory(cx, param);
      if (place !== null) copy(cx, kept, place, size);
    };
  });
  for (const one of set) one?.();
}
