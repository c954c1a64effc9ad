/** Functions that make or look at text. */
import { sizeOf } from '../../language/layout.ts';
import type { HirExpr } from '../../language/hir.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerDirect, lowerValue } from '../lower/expression.ts';
import { address, clear, loadInt, pointee, readString, storeInt, within, type Memory } from '../lower/memory.ts';
import { objectOf } from '../lower/object.ts';
import { readWith } from '../lower/read.ts';
import { isScalar } from '../lower/scalar.ts';
import { arg, number, object, type Call, type FunctionTable } from './row.ts';

/** Where the bytes are that a pointer, an integer address or an array object denotes. */
export function bytesAt(cx: Context, e: HirExpr): Memory {
  if (!isScalar(e.type)) return objectOf(cx, e);
  const space = e.type.kind === 'pointer' ? e.type.space : 'unknown';
  return pointee(cx, lowerValue(cx, e), space);
}

/** str(p), str(p, length). */
function str(cx: Context, e: Call, to: Memory): void {
  const size = sizeOf(e.type);
  const from = bytesAt(cx, arg(e, 0));
  const length = e.args.length > 1 ? stringLength(cx, lowerValue(cx, arg(e, 1)), size) : BigInt(size);
  const read = readString(cx, from, to, size, length);
  if (size === cx.module.hir.config.max_strlen) markCut(cx, from, to, size, read);
}

/** Any byte but NUL. */
const MARK = 0xffn;

/**
 * A string that max_strlen cut off has no NUL: its last byte is a mark, which the reader shows as the trailer. A string
 * that just fits is none: the byte behind what was read tells.
 */
function markCut(cx: Context, from: Memory, to: Memory, size: number, read: Reg): void {
  const { b } = cx;
  const filled = b.newBlock(true);
  const cut = b.newBlock(true);
  const end = b.newBlock();
  b.branch('jeq', read, BigInt(size), filled, end);
  b.unlikely(() => {
    b.place(filled);
    b.branch('jne', loadInt(cx, within(from, size - 1), 1, false), 0n, cut, end);
    b.place(cut);
    storeInt(cx, within(to, size - 1), 1, MARK);
    b.jump(end);
  });
  b.place(end);
}

/** The asked length and its NUL, at most the target's size. */
function stringLength(cx: Context, asked: Value, size: number): Value {
  if (typeof asked === 'bigint') {
    const wanted = BigInt.asUintN(64, asked) + 1n;
    return wanted < BigInt(size) ? wanted : BigInt(size);
  }
  const { b } = cx;
  const result = b.reg();
  const more = b.newBlock();
  const end = b.newBlock();
  b.assign(result, BigInt(size));
  b.branch('jge', asked, BigInt(size), end, more);
  b.place(more);
  b.assign(result, b.alu('add', asked, 1n));
  b.place(end);
  return result;
}

/** buf(p[, length]): u32 length, then the bytes; what is behind them is zero, so that keys are equal when the bytes are. */
function buf(cx: Context, e: Call, to: Memory): void {
  if (e.type.kind !== 'buffer') throw new Error('buf() of another type');
  const room = e.type.size;
  const from = bytesAt(cx, arg(e, 0));
  const asked = e.args.length > 1 ? lowerValue(cx, arg(e, 1)) : BigInt(arrayLength(arg(e, 0)) ?? room);
  const length = atMost(cx, asked, room);
  clear(cx, within(to, 4), sizeOf(e.type) - 4);
  storeInt(cx, to, 4, length);
  readWith(cx, from.space === 'user' ? 'user' : 'kernel', false, address(cx, within(to, 4)), length, address(cx, from));
}

const arrayLength = (e: HirExpr): number | null => (e.type.kind === 'array' ? sizeOf(e.type) : null);

export function atMost(cx: Context, value: Value, limit: number): Value {
  if (typeof value === 'bigint') {
    const v = BigInt.asUintN(64, value);
    return v < BigInt(limit) ? v : BigInt(limit);
  }
  const { b } = cx;
  const result = b.reg();
  const cut = b.newBlock();
  const end = b.newBlock();
  b.assign(result, value);
  b.branch('jgt', result, BigInt(limit), cut, end);
  b.place(cut);
  b.assign(result, BigInt(limit));
  b.place(end);
  return result;
}

/** macaddr(p): 6 bytes. */
function macaddr(cx: Context, e: Call, to: Memory): void {
  const from = bytesAt(cx, arg(e, 0));
  readTo(cx, from, to, 6);
}

/** ntop([af,] address): the family, then 4 or 16 bytes. */
function ntop(cx: Context, e: Call, to: Memory): void {
  const value = arg(e, e.args.length - 1);
  const bytes = isScalar(value.type) && value.type.kind !== 'pointer' ? 4 : Math.min(16, pointedSize(value));
  const family = e.args.length > 1 ? lowerValue(cx, arg(e, 0)) : BigInt(bytes === 16 ? AF_INET6 : AF_INET);
  clear(cx, to, 24);
  storeInt(cx, to, 8, family);
  if (isScalar(value.type) && value.type.kind !== 'pointer') storeInt(cx, within(to, 8), 4, lowerValue(cx, value));
  else readTo(cx, bytesAt(cx, value), within(to, 8), bytes);
}

const AF_INET = 2;
const AF_INET6 = 10;

function pointedSize(e: HirExpr): number {
  const size = e.type.kind === 'pointer' ? sizeOf(e.type.to) : sizeOf(e.type);
  return size >= 16 ? 16 : size === 0 ? 16 : 4;
}

export function readTo(cx: Context, from: Memory, to: Memory, size: number): void {
  readWith(cx, from.space === 'user' ? 'user' : 'kernel', false, address(cx, to), BigInt(size), address(cx, from));
}

/** strlen(s): the reading helper returns the length with the NUL. */
function strlen(cx: Context, e: Call): Value {
  return cx.b.scope(() => {
    const value = arg(e, 0);
    const size = sizeOf(value.type);
    const from = lowerDirect(cx, value);
    const to = cx.temporary(size);
    const { b } = cx;
    const read = b.call('probe_read_kernel_str', address(cx, to), BigInt(size), address(cx, from));
    const length = b.reg();
    b.assign(length, b.alu('sub', read, 1n));
    if (size === cx.module.hir.config.max_strlen) return b.mov(length);
    // A character array that is full has no NUL.
    const [filled, longer, end] = [b.newBlock(), b.newBlock(), b.newBlock()];
    b.branch('jeq', read, BigInt(size), filled, end);
    b.place(filled);
    b.branch('jne', loadInt(cx, within(from, size - 1), 1, false), 0n, longer, end);
    b.place(longer);
    b.assign(length, BigInt(size));
    b.place(end);
    return b.mov(length);
  });
}

/** str_concat(a, b). */
function concat(cx: Context, e: Call, to: Memory): void {
  const { b } = cx;
  const [first, second] = [arg(e, 0), arg(e, 1)];
  const [room, more] = [sizeOf(first.type), sizeOf(second.type)];
  b.scope(() => {
    // The target is cleared whole: what is written at a variable place must be initialised memory.
    const left = lowerDirect(cx, first);
    const right = lowerDirect(cx, second);
    clear(cx, to, sizeOf(e.type));
    const read = b.call('probe_read_kernel_str', address(cx, to), BigInt(room), address(cx, left));
    const end = b.alu('sub', read, 1n);
    const good = b.newBlock();
    const done = b.newBlock();
    b.branch('jge', end, BigInt(room), done, good);
    b.place(good);
    const at = b.alu('add', b.inReg(address(cx, to)), end);
    b.call('probe_read_kernel_str', at, BigInt(more), address(cx, right));
    b.place(done);
  });
}

/** memcmp(a, b, n): 0, or the difference of the first bytes that differ. */
function memcmp(cx: Context, e: Call): Value {
  const { b } = cx;
  const result = b.reg();
  b.scope(() => {
    const left = lowerDirect(cx, arg(e, 0));
    const right = lowerDirect(cx, arg(e, 1));
    const end = b.newBlock();
    for (let n = 0; n < Number(e.literals[0] ?? 0n); n++) {
      const difference = b.alu('sub', loadInt(cx, within(left, n), 1, false), loadInt(cx, within(right, n), 1, false));
      const next = b.newBlock();
      b.assign(result, difference);
      b.branch('jne', result, 0n, end, next);
      b.place(next);
    }
    b.assign(result, 0n);
    b.place(end);
  });
  return result;
}

export const STRINGS: FunctionTable = {
  strlen: number(strlen),
  str_concat: object(concat),
  memcmp: number(memcmp),
  str: object(str),
  buf: object(buf),
  macaddr: object(macaddr),
  ntop: object(ntop),
};
