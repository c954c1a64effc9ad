/** The start of a program that stands for tracepoints of many system calls: which of them this call is, if any. */
import type { Reg, Value } from '../ir/instruction.ts';
import type { SyscallDispatch } from '../syscall-dispatch.ts';
import type { Context } from './context.ts';
import { loadInt } from './memory.ts';
import { typedTask } from './trusted.ts';

/** In the record of raw_syscalls. */
const NUMBER = 8;
const ENTRY_BYTES = 2;

/** 1 + the index of the site; 0 when the call was not asked for. */
function entry(cx: Context, { sites }: SyscallDispatch, number: Value): Reg {
  const { b } = cx;
  const table = cx.module.constant(new Uint8Array(sites.buffer));
  // The mask is for the verifier, which sees that nothing outside is read.
  const index = b.alu('and', number, BigInt(sites.length - 1));
  const at = b.inReg(b.alu('add', b.mov(table), b.alu('mul', index, BigInt(ENTRY_BYTES))));
  return b.load(ENTRY_BYTES, at, 0);
}

/** 32 bits of the current task. */
function taskFlags(cx: Context, offset: number): Value {
  if (cx.module.target.has('helper:bpf_get_current_task_btf')) return cx.b.load(4, typedTask(cx), offset);
  return loadInt(cx, { space: 'kernel', base: cx.b.call('get_current_task'), offset }, 4, false);
}

const number = (cx: Context): Reg => cx.b.load(8, cx.ctx, NUMBER);

/** Leaves the program when the call is none of the sites, or one of a 32-bit program, whose numbers mean others. */
export function filterSyscalls(cx: Context, dispatch: SyscallDispatch): void {
  const { b } = cx;
  const other = b.newBlock(true);
  const known = b.newBlock();
  const native = b.newBlock();
  const wanted = b.newBlock();
  const called = number(cx);
  b.branch('jge', called, BigInt(dispatch.sites.length), other, known);
  b.place(known);
  const flags = taskFlags(cx, dispatch.compat.offset);
  b.branch('jne', b.alu('and', flags, dispatch.compat.bit), 0n, other, native);
  b.place(native);
  const site = cx.cache.reg('syscall', () => entry(cx, dispatch, called));
  b.branch('jeq', site, 0n, other, wanted);
  b.place(other);
  b.ret(cx.exitValue);
  b.place(wanted);
}

export function syscallSite(cx: Context, dispatch: SyscallDispatch): Value {
  const { b } = cx;
  const site = cx.cache.reg('syscall', () => entry(cx, dispatch, number(cx)));
  return b.alu('sub', site, 1n);
}
