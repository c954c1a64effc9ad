/** Functions from numbers to numbers. */
import { sizeOf } from '../../language/layout.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerValue } from '../lower/expression.ts';
import { arg, number, type Call, type FunctionTable } from './row.ts';

/** Bytes in the opposite order, in the argument's own size. */
function bswap(cx: Context, e: Call): Value {
  const value = lowerValue(cx, arg(e, 0));
  const size = sizeOf(arg(e, 0).type);
  if (size === 1) return value;
  return cx.b.unary(size === 2 ? 'be16' : size === 4 ? 'be32' : 'be64', value);
}

export const NUMBERS: FunctionTable = {
  bswap: number(bswap),
  kptr: number((cx, e) => lowerValue(cx, arg(e, 0))),
  uptr: number((cx, e) => lowerValue(cx, arg(e, 0))),
  signal: number((cx, e) => cx.b.call('send_signal', lowerValue(cx, arg(e, 0)))),
  signal_thread: number((cx, e) => cx.b.call('send_signal_thread', lowerValue(cx, arg(e, 0)))),
  override: number((cx, e) => cx.b.call('override_return', cx.ctx, lowerValue(cx, arg(e, 0)))),
  socket_cookie: number((cx, e) => cx.b.call('get_socket_cookie', cx.b.inReg(lowerValue(cx, arg(e, 0))))),
};
