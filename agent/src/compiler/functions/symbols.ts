/** Values that the reader turns into names: addresses, times, users, cgroups. */
import { registerOffset } from '../arch/registers.ts';
import { lowerValue } from '../lower/expression.ts';
import { storeInt, within } from '../lower/memory.ts';
import { arg, number, object, type FunctionTable } from './row.ts';

export const SYMBOLS: FunctionTable = {
  ksym: number((cx, e) => lowerValue(cx, arg(e, 0))),
  usym: object((cx, e, to) => {
    storeInt(cx, to, 8, lowerValue(cx, arg(e, 0)));
    storeInt(cx, within(to, 8), 8, cx.b.alu('rsh', cx.b.call('get_current_pid_tgid'), 32n));
  }),
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
