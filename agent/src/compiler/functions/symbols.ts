/** Values that the reader turns into names: addresses, times, users, cgroups. */
import { instructionPointer, registerOffset } from '../arch/registers.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerValue } from '../lower/expression.ts';
import { storeInt, within } from '../lower/memory.ts';
import { arg, number, object, type Call, type FunctionTable } from './row.ts';

/** uaddr(symbol): as far from the probed instruction as in the file. At a return that is known from Linux 6.7 on. */
function userAddress(cx: Context, e: Call): Value {
  const { b } = cx;
  const { target } = cx.module;
  const distance = e.literals[1];
  if (typeof distance !== 'bigint') throw new Error('uaddr() has no distance');
  const isReturn = 'return' in cx.site && cx.site.return;
  const hint = 'Keep the address in a map at the entry of the function.';
  if (isReturn && !cx.needs('uprobe:func_ip', 'uaddr() at the return of a function', hint)) return 0n;
  const here = isReturn ? b.call('get_func_ip', cx.ctx) : b.load(8, cx.ctx, instructionPointer(target.arch));
  return b.alu('add', here, distance);
}

export const SYMBOLS: FunctionTable = {
  ksym: number((cx, e) => lowerValue(cx, arg(e, 0))),
  usym: object((cx, e, to) => {
    storeInt(cx, to, 8, lowerValue(cx, arg(e, 0)));
    storeInt(cx, within(to, 8), 8, cx.b.alu('rsh', cx.b.call('get_current_pid_tgid'), 32n));
  }),
  uaddr: number(userAddress),
  strftime: number((cx, e) => lowerValue(cx, arg(e, e.args.length - 1))),
  username: number((cx, e) => lowerValue(cx, arg(e, 0))),
  cgroup_path: object((cx, e, to) => {
    storeInt(cx, to, 8, lowerValue(cx, arg(e, 0)));
    storeInt(cx, within(to, 8), 8, 0n);
  }),
  reg: number((cx, e) => {
    const name = String(e.literals[0] ?? '');
    const offset = registerOffset(cx.module.target.arch, name);
    if (offset !== null) return cx.b.load(8, cx.ctx, offset);
    cx.module.diagnostics.error('unknown-register', e.span, `There is no register "${name}"`);
    return 0n;
  }),
};
