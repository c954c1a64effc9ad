/** join(): up to 16 strings of a NULL-terminated list of pointers. */
import { sizeOf } from '../../language/layout.ts';
import type { Context } from '../lower/context.ts';
import { lowerValue } from '../lower/expression.ts';
import { address, loadInt, memorySpace, pointee, storeInt, within, type Memory } from '../lower/memory.ts';
import { readWith } from '../lower/read.ts';
import { arg, object, type Call, type FunctionTable } from './row.ts';

function join(cx: Context, e: Call, to: Memory): void {
  const { b } = cx;
  const { type } = e;
  if (type.kind !== 'array') throw new Error('join() makes an array');
  const list = arg(e, 0);
  const space = list.type.kind === 'pointer' ? list.type.space : 'unknown';
  const size = sizeOf(type.of);
  const from = pointee(cx, b.inReg(lowerValue(cx, list)), space);
  const own = memorySpace(cx, space) === 'user' ? 'user' : 'kernel';
  // What comes after the last pointer of the list is not an argument: it stays empty.
  for (let n = 0; n < type.count; n++) storeInt(cx, within(to, n * size), 1, 0n);
  const end = b.newBlock();
  for (let n = 0; n < type.count; n++) {
    const text = loadInt(cx, within(from, n * 8), 8, false);
    const next = b.newBlock();
    b.branch('jeq', text, 0n, end, next);
    b.place(next);
    readWith(cx, own, true, address(cx, within(to, n * size)), BigInt(size), text);
  }
  b.place(end);
}

export const JOINS: FunctionTable = { join: object(join) };
