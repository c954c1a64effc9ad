/** Functions from numbers to numbers. */
import { sizeOf } from '../../language/layout.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerDirect, lowerValue } from '../lower/expression.ts';
import { address } from '../lower/memory.ts';
import { arg, number, type Call, type FunctionTable } from './row.ts';

/** Bytes in the opposite order, in the argument's own size. */
function bswap(cx: Context, e: Call): Value {
  const value = lowerValue(cx, arg(e, 0));
  const size = sizeOf(arg(e, 0).type);
  if (size === 1) return value;
  return cx.b.unary(size === 2 ? 'be16' : size === 4 ? 'be32' : 'be64', value);
}

/** Kernel pointers that are error codes: the last 4095 addresses. */
function isError(cx: Context, e: Call): Value {
  const { b } = cx;
  const result = b.reg();
  const yes = b.newBlock();
  const end = b.newBlock();
  b.assign(result, 0n);
  b.branch('jgt', lowerValue(cx, arg(e, 0)), -4096n, yes, end);
  b.place(yes);
  b.assign(result, 1n);
  b.place(end);
  return result;
}

/** write_user(pointer, value). */
function writeUser(cx: Context, e: Call): Value {
  return cx.b.scope(() => {
    const value = arg(e, 1);
    const from = address(cx, lowerDirect(cx, value));
    return cx.b.call('probe_write_user', lowerValue(cx, arg(e, 0)), from, BigInt(sizeOf(value.type)));
  });
}

export const NUMBERS: FunctionTable = {
  is_err: number(isError),
  write_user: number(writeUser),
  bswap: number(bswap),
  kptr: number((cx, e) => lowerValue(cx, arg(e, 0))),
  uptr: number((cx, e) => lowerValue(cx, arg(e, 0))),
  signal: number((cx, e) => cx.b.call('send_signal', lowerValue(cx, arg(e, 0)))),
  signal_thread: number((cx, e) => cx.b.call('send_signal_thread', lowerValue(cx, arg(e, 0)))),
  override: number((cx, e) => cx.b.call('override_return', cx.ctx, lowerValue(cx, arg(e, 0)))),
  socket_cookie: number((cx, e) => cx.b.call('get_socket_cookie', cx.b.inReg(lowerValue(cx, arg(e, 0))))),
};
