/**
 * Stacks: an id in a stack trace map of the wanted depth, so that keys stay small; symbols are found by the reader.
 * Where a query asks for the length of a stack that it keeps, the length is in the id's upper half.
 */
import type { Type } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerDirect, lowerValue } from '../lower/expression.ts';
import { mapFd } from '../lower/map.ts';
import { address, loadInt, storeInt, within, type Memory } from '../lower/memory.ts';
import { isScalar } from '../lower/scalar.ts';
import { DEEPEST_STACK } from '../program.ts';
import { unwoundStackId } from './unwound-stack.ts';
import { arg, number, object, type Call, type FunctionTable } from './row.ts';

const BPF_F_USER_STACK = 1n << 8n;
const FRAME = 8;

export const depthOf = (type: Type): number =>
  type.kind === 'kstack' || type.kind === 'ustack' ? Math.min(type.depth, DEEPEST_STACK) : DEEPEST_STACK;

export function stackId(cx: Context, type: Type, user: boolean): Value {
  const map = mapFd(cx.module.stackMap(depthOf(type), user));
  const { b } = cx;
  const id = b.call('get_stackid', cx.ctx, map, user ? BPF_F_USER_STACK : 0n);
  if (!cx.module.keepsStackLengths) return id;
  const upper = b.alu('lsh', stackLength(cx, type, user), 32n);
  return b.alu('or', upper, b.alu('and', id, -1n, 32));
}

/** Frames now, 0 when the stack cannot be walked. */
function stackLength(cx: Context, type: Type, user: boolean): Value {
  const { b } = cx;
  const size = depthOf(type) * FRAME;
  const frames = address(cx, cx.scratchMemory(cx.scratchSpace(size)));
  const bytes = b.reg();
  b.assign(bytes, b.call('get_stack', cx.ctx, frames, BigInt(size), user ? BPF_F_USER_STACK : 0n));
  const lost = b.newBlock(true);
  const end = b.newBlock();
  b.branch('jslt', bytes, 0n, lost, end);
  b.place(lost);
  b.assign(bytes, 0n);
  b.jump(end);
  b.place(end);
  return b.alu('rsh', bytes, 3n);
}

/** s64 stack id, u32 pid, u32 probe. */
export function userStackInto(cx: Context, type: Type, to: Memory, unwound = false): void {
  storeInt(cx, to, 8, unwound ? unwoundStackId(cx, type) : stackId(cx, type, true));
  const pid = cx.b.alu('rsh', cx.b.call('get_current_pid_tgid'), 32n);
  storeInt(cx, within(to, 8), 8, pid);
}

/** Of a stack that is taken here; else the length comes with the kept id. */
function length(cx: Context, e: Call): Value {
  const stack = arg(e, 0);
  if (stack.kind === 'builtin' && stack.name === 'dw_ustack') {
    return cx.b.alu('rsh', unwoundStackId(cx, stack.type), 32n);
  }
  if (stack.kind === 'builtin') return stackLength(cx, stack.type, stack.type.kind === 'ustack');
  const id = isScalar(stack.type) ? lowerValue(cx, stack) : loadInt(cx, lowerDirect(cx, stack), 8, false);
  return cx.b.alu('rsh', id, 32n);
}

export const STACKS: FunctionTable = {
  kstack: number((cx, e) => stackId(cx, e.type, false)),
  ustack: object((cx, e, to) => userStackInto(cx, e.type, to)),
  len: number(length),
};
