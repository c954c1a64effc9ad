/** Strings and other objects compared by their bytes, in words, without a helper. */
import { sizeOf } from '../../language/layout.ts';
import { stringBytes } from '../../language/string-bytes.ts';
import type { HirExpr } from '../../language/hir.ts';
import type { Block, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { lowerDirect } from './expression.ts';
import { bytesAt } from '../functions/strings.ts';
import {
  alignment,
  copy,
  littleEndian,
  loadByteAt,
  loadInt,
  pieces,
  readString,
  within,
  type Memory,
} from './memory.ts';
import { objectOf } from './object.ts';

type Comparison = Extract<HirExpr, { kind: 'compare-memory' }>;

/** Bytes up to which every word is compared in straight code; beyond, byte by byte in a loop. */
const UNROLL = 256;

export function branchCompareMemory(cx: Context, e: Comparison, yes: Block, no: Block): void {
  const equal = e.op === '==' ? yes : no;
  const different = e.op === '==' ? no : yes;
  const literal = e.right.kind === 'string' ? e.right : e.left.kind === 'string' ? e.left : null;
  if (literal !== null) {
    const other = literal === e.right ? e.left : e.right;
    return compareLiteral(cx, other, literal.value, e.length, equal, different);
  }
  const left = lowerDirect(cx, e.left);
  const right = lowerDirect(cx, e.right);
  if (e.left.type.kind === 'string') {
    const sizes = [sizeOf(e.left.type), sizeOf(e.right.type)] as const;
    const size = Math.min(...sizes, e.length ?? Infinity);
    // A character array that is full equals a string that ends where it does.
    const rest = sizes[0] > sizes[1] ? left : right;
    const beyond = sizes[0] === sizes[1] || size === e.length ? null : within(rest, size);
    compareStrings(cx, left, right, size, beyond, equal, different);
    return;
  }
  const size = Math.min(sizeOf(e.left.type), e.length ?? Infinity);
  for (const piece of pieces(size, alignment(left), alignment(right))) {
    const a = loadInt(cx, within(left, piece.offset), piece.bytes, false);
    const b = loadInt(cx, within(right, piece.offset), piece.bytes, false);
    differ(cx, a, b, different);
  }
  cx.b.jump(equal);
}

/** With a literal: its bytes and the closing NUL, as constants. */
function compareLiteral(
  cx: Context,
  other: HirExpr,
  text: string,
  length: number | null,
  equal: Block,
  different: Block,
): void {
  const bytes = stringBytes(text);
  const nul = bytes.indexOf(0);
  const closed = new Uint8Array((nul < 0 ? bytes.length : nul) + 1);
  closed.set(bytes.subarray(0, closed.length - 1));
  const size = sizeOf(other.type);
  // A character array that is full has no NUL.
  const wanted = Math.min(closed.length === size + 1 ? size : closed.length, length ?? Infinity);
  // A longer literal cannot be equal to a string that ends before.
  if (wanted > size) {
    lowerDirect(cx, other);
    return cx.b.jump(different);
  }
  const at = bytesFor(cx, other, wanted);
  for (const piece of pieces(wanted, alignment(at))) {
    const value = loadInt(cx, within(at, piece.offset), piece.bytes, false);
    const constant = littleEndian(closed, piece.offset, piece.bytes);
    differ(cx, value, piece.bytes === 8 ? constant : BigInt.asUintN(piece.bytes * 8, constant), different);
  }
  cx.b.jump(equal);
}

/** At least `bytes` bytes of a string; what a literal is compared with need not be read further. */
function bytesFor(cx: Context, e: HirExpr, bytes: number): Memory {
  if (e.kind === 'call' && e.name === 'str' && e.args.length === 1 && e.args[0] !== undefined) {
    const to = { ...cx.temporary(bytes + 1), loose: true };
    readString(cx, bytesAt(cx, e.args[0]), to, bytes + 1, BigInt(Math.min(bytes + 1, sizeOf(e.type))));
    return to;
  }
  if (e.kind === 'member' || e.kind === 'deref' || e.kind === 'index') {
    const from = objectOf(cx, e);
    if (from.space === 'bpf' || from.space === 'context') return from;
    const to = cx.temporary(bytes);
    copy(cx, from, to, bytes);
    return to;
  }
  return lowerDirect(cx, e);
}

function differ(cx: Context, a: Value, b: Value, different: Block): void {
  const same = cx.b.newBlock();
  cx.b.branch('jne', a, b, different, same);
  cx.b.place(same);
}

/** Byte by byte up to the NUL; `beyond`: what must be the NUL where none was in `size` bytes. */
function compareStrings(
  cx: Context,
  left: Memory,
  right: Memory,
  size: number,
  beyond: Memory | null,
  equal: Block,
  different: Block,
): void {
  const { b } = cx;
  const end = beyond === null ? equal : b.newBlock();
  const compare = size > UNROLL ? compareInLoop : compareUnrolled;
  compare(cx, left, right, size, { equal, end, different });
  if (beyond === null) return;
  b.place(end);
  b.branch('jeq', loadInt(cx, beyond, 1, false), 0n, equal, different);
}

/** `end`: where `size` bytes are equal and none is the NUL. */
interface Exits {
  readonly equal: Block;
  readonly end: Block;
  readonly different: Block;
}

function compareUnrolled(cx: Context, left: Memory, right: Memory, size: number, exits: Exits): void {
  const { equal, end, different } = exits;
  const { b } = cx;
  for (let n = 0; n < size; n++) {
    const x = loadInt(cx, within(left, n), 1, false);
    differ(cx, x, loadInt(cx, within(right, n), 1, false), different);
    const more = b.newBlock();
    b.branch('jeq', x, 0n, equal, more);
    b.place(more);
  }
  b.jump(end);
}

function compareInLoop(cx: Context, left: Memory, right: Memory, size: number, exits: Exits): void {
  const { equal, end, different } = exits;
  const { b } = cx;
  const index = b.reg();
  const head = b.newBlock();
  b.assign(index, 0n);
  b.place(head);
  const x = loadByteAt(cx, left, index);
  differ(cx, x, loadByteAt(cx, right, index), different);
  const more = b.newBlock();
  b.branch('jeq', x, 0n, equal, more);
  b.place(more);
  b.assign(index, b.alu('add', index, 1n));
  b.branch('jlt', index, BigInt(size), head, end);
}
