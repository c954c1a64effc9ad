/** Numbers to names by tables in read-only memory: system calls, signals, errors. */
import { ERRNO, SIGNALS, syscallTable } from '@bpfscope/native/uapi';
import { sizeOf } from '../../language/layout.ts';
import type { Context } from '../lower/context.ts';
import { lowerValue } from '../lower/expression.ts';
import { copy, type Memory } from '../lower/memory.ts';
import { literalBytes } from '../lower/module.ts';
import { arg, object, type Call, type FunctionRow, type FunctionTable } from './row.ts';

type Names = (cx: Context) => readonly (readonly [number: number, name: string])[];

/** The row after the last is for numbers that have no name. */
function table(
  names: ReturnType<Names>,
  size: number,
  unknown: string,
): { readonly bytes: Uint8Array; readonly rows: number } {
  const rows = Math.max(...names.map(([n]) => n)) + 1;
  const bytes = new Uint8Array((rows + 1) * size);
  for (let n = 0; n <= rows; n++) bytes.set(literalBytes(unknown, size), n * size);
  for (const [n, name] of names) bytes.set(literalBytes(name, size), n * size);
  return { bytes, rows };
}

const named = (names: Names, unknown: string): FunctionRow =>
  object((cx, e, to) => nameInto(cx, e, to, names, unknown));

function nameInto(cx: Context, e: Call, to: Memory, names: Names, unknown: string): void {
  const { b } = cx;
  const size = sizeOf(e.type);
  const { bytes, rows } = table(names(cx), size, unknown);
  const start = cx.module.constant(bytes);
  const index = b.reg();
  const value = lowerValue(cx, arg(e, 0));
  const beyond = b.newBlock();
  const read = b.newBlock();
  b.assign(index, value);
  b.branch('jge', index, BigInt(rows), beyond, read);
  b.place(beyond);
  b.assign(index, BigInt(rows));
  b.place(read);
  const at = b.alu('add', b.alu('mul', index, BigInt(size)), b.mov(start));
  copy(cx, { space: 'bpf', base: b.inReg(at), offset: 0 }, to, size);
}

const ERRORS = [[0, 'Success'] as const, ...ERRNO.map(([code, , message]) => [code, message] as const)];

export const NAMES: FunctionTable = {
  syscall_name: named((cx) => syscallTable(cx.module.target.arch), 'unknown'),
  signal_name: named(() => SIGNALS, 'UNKNOWN'),
  strerror: named(() => ERRORS, 'Unknown error'),
};
