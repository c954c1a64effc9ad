/** Stacks: an id in a stack trace map of the wanted depth, so that keys stay small; symbols are found by the reader. */
import type { Type } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { mapFd } from '../lower/map.ts';
import { storeInt, within, type Memory } from '../lower/memory.ts';
import { number, object, type FunctionTable } from './row.ts';

const BPF_F_USER_STACK = 1n << 8n;

export function stackId(cx: Context, type: Type, user: boolean): Value {
  const depth = type.kind === 'kstack' || type.kind === 'ustack' ? Math.min(type.depth, 127) : 127;
  const map = mapFd(cx.module.stackMap(depth, user));
  return cx.b.call('get_stackid', cx.ctx, map, user ? BPF_F_USER_STACK : 0n);
}

/** s64 stack id, u32 pid, u32 probe. */
export function userStackInto(cx: Context, type: Type, to: Memory): void {
  storeInt(cx, to, 8, stackId(cx, type, true));
  const pid = cx.b.alu('rsh', cx.b.call('get_current_pid_tgid'), 32n);
  storeInt(cx, within(to, 8), 8, pid);
}

export const STACKS: FunctionTable = {
  kstack: number((cx, e) => stackId(cx, e.type, false)),
  ustack: object((cx, e, to) => userStackInto(cx, e.type, to)),
};
