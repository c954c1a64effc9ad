/**
 * User stacks by the tables of .eh_frame, for programs without frame pointers: `dw_ustack`. The kernel stores no such
 * stacks, so they go to a map of ours, under a number made of their frames. A process without tables yet, or a kernel
 * without bpf_loop (Linux 5.17), has the stack that frame pointers give.
 */
import { HASH_START, PROCESS, STACK, STACK_ENDS, StackEnd, stackEndsAt, WALK } from '@bpfscope/native/unwind/walk';
import type { Type } from '../../language/types.ts';
import { registerOffset } from '../arch/registers.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { mapFd } from '../lower/map.ts';
import { DEEPEST_STACK, UNWOUND_STACK } from '../program.ts';
import { depthOf, stackId } from './stacks.ts';

/** Numbers tried for a stack whose own is taken by another one. */
const TRIES = 4;
const BPF_NOEXIST = 1n;
const LOST = -17n;
const FRAME_WALKER = { kind: 'function', index: -1 } as const;

/** How stacks end is counted behind this CPU's last one. */
function countEnd({ b }: Context, stack: Reg, end: Value): void {
  const counters = b.alu('add', stack, BigInt(stackEndsAt(DEEPEST_STACK)));
  b.atomic('add', 8, b.inReg(b.alu('add', b.inReg(counters), b.alu('lsh', end, 3n))), 0, 1n);
}

/** What `stackId` gives: s64, an id or an error. */
export function unwoundStackId(cx: Context, type: Type): Value {
  const { b } = cx;
  const { target } = cx.module;
  if (target.arch !== 'x64' || !target.has('helper:bpf_loop')) return stackId(cx, type, true);
  const maps = cx.module.unwindMaps();
  cx.root.unwinds = true;
  return b.scope(() => {
    const result = b.reg();
    const key = b.slot(8);
    const [walk, plain, end] = [b.newBlock(), b.newBlock(true), b.newBlock()];
    b.store(4, key, 0, b.alu('rsh', b.call('get_current_pid_tgid'), 32n));
    const process = b.call('map_lookup_elem', mapFd(maps.processes), key);
    b.branch('jeq', process, 0n, plain, walk);
    b.place(plain);
    const id = stackId(cx, type, true);
    b.assign(result, id);
    const followed = b.newBlock(true);
    b.branch('jslt', id, 0n, end, followed);
    b.place(followed);
    b.store(4, key, 0, 0n);
    const counters = b.call('map_lookup_elem', mapFd(maps.stack), key);
    const there = b.newBlock(true);
    b.branch('jeq', counters, 0n, end, there);
    b.place(there);
    countEnd(cx, counters, 0n);
    b.jump(end);
    b.place(walk);
    const state = b.slot(WALK.bytes);
    b.store(8, state, WALK.mappingsFirst, b.load(4, process, PROCESS.first));
    b.store(8, state, WALK.mappingsCount, b.load(4, process, PROCESS.count));
    // Of the user's side, also when the program runs in the kernel.
    const atUser = cx.site.kind === 'uprobe' || cx.site.kind === 'usdt';
    const registers = atUser ? cx.ctx : b.call('task_pt_regs', b.call('get_current_task_btf'));
    const register = (name: string): Value => b.load(8, registers, registerOffset(target.arch, name) ?? 0);
    b.store(8, state, WALK.pc, register('ip'));
    b.store(8, state, WALK.sp, register('sp'));
    b.store(8, state, WALK.fp, register('bp'));
    b.store(8, state, WALK.isReturn, 0n);
    b.store(8, state, WALK.frames, 0n);
    b.store(8, state, WALK.end, BigInt(StackEnd.FULL));
    b.store(8, state, WALK.hash, b.mov(HASH_START));
    b.call('loop', BigInt(depthOf(type)), FRAME_WALKER, state, 0n);
    b.store(4, key, 0, 0n);
    const stack = b.call('map_lookup_elem', mapFd(maps.stack), key);
    const found = b.newBlock();
    b.assign(result, LOST);
    b.branch('jeq', stack, 0n, end, found);
    b.place(found);
    countEnd(cx, stack, b.alu('and', b.load(8, state, WALK.end), BigInt(STACK_ENDS - 1)));
    const hash = b.load(8, state, WALK.hash);
    const kept = b.alu('add', stack, BigInt(STACK.end));
    b.store(8, b.inReg(kept), 0, hash);
    const stacks = mapFd(cx.module.unwoundStacks(depthOf(type)));
    const mixed = b.alu('xor', hash, b.alu('rsh', hash, 32n));
    const frames = cx.module.keepsStackLengths ? b.alu('lsh', b.load(8, state, WALK.frames), 32n) : 0n;
    for (let n = 0; n < TRIES; n++) {
      const [taken, free, same, next] = [b.newBlock(), b.newBlock(), b.newBlock(), b.newBlock()];
      const number = b.alu(
        'or',
        b.alu('and', b.alu('add', mixed, BigInt(n)), BigInt(UNWOUND_STACK - 1)),
        BigInt(UNWOUND_STACK),
      );
      b.store(4, key, 0, number);
      const old = b.call('map_lookup_elem', stacks, key);
      b.branch('jeq', old, 0n, free, taken);
      b.place(taken);
      b.branch('jeq', b.load(8, old, 0), hash, same, next);
      b.place(free);
      const made = b.call('map_update_elem', stacks, key, kept, BPF_NOEXIST);
      b.branch('jslt', made, 0n, next, same);
      b.place(same);
      b.assign(result, b.alu('or', number, frames));
      b.jump(end);
      b.place(next);
    }
    b.jump(end);
    b.place(end);
    return b.mov(result);
  });
}
