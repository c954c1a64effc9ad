/** strstr() and strcontains(): one string in another, a function called back for each place. */
import { sizeOf } from '../../language/layout.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import { lowerInto } from '../lower/expression.ts';
import { clear, loadByteAt, loadInt, storeInt, within } from '../lower/memory.ts';
import { arg, number, type Call, type FunctionTable } from './row.ts';

const NOT_FOUND = -1n;

/** The first place of args[1] in args[0], -1 when there is none. Needs kernel 5.17. */
function find(cx: Context, e: Call): Value {
  const { b } = cx;
  if (!cx.needs('helper:bpf_loop', `${e.name}()`)) return NOT_FOUND;
  const [hay, needle] = [arg(e, 0), arg(e, 1)];
  const [hayRoom, needleRoom] = [sizeOf(hay.type), sizeOf(needle.type)];
  return b.scope(() => {
    // In scratch memory, where variable offsets are allowed; zeros after the string, so that comparing runs out.
    const hayAt = cx.scratchSpace(hayRoom + needleRoom);
    const needleAt = cx.scratchSpace(needleRoom);
    lowerInto(cx, hay, cx.scratchMemory(hayAt));
    clear(cx, within(cx.scratchMemory(hayAt), hayRoom), needleRoom);
    lowerInto(cx, needle, cx.scratchMemory(needleAt));
    const place = cx.root.b.slot(8);
    storeInt(cx, cx.inFrame(place), 8, NOT_FOUND);
    const inner = cx.callback(2);
    matchAt(inner, hayAt, hayRoom, needleAt, needleRoom, (found) => storeInt(inner, inner.inFrame(place), 8, found));
    b.call('loop', BigInt(hayRoom), inner.functionAddress, cx.frameAddress, 0n);
    return loadInt(cx, cx.inFrame(place), 8, false);
  });
}

/** Compares the needle with what is at this turn's place. */
function matchAt(
  inner: Context,
  hayAt: number,
  hayRoom: number,
  needleAt: number,
  needleRoom: number,
  found: (place: Reg) => void,
): void {
  const { b } = inner;
  const [turn] = b.fn.params;
  if (turn === undefined) throw new Error('a loop counts its turns');
  const out = b.newBlock();
  const inside = b.newBlock();
  const hit = b.newBlock();
  const miss = b.newBlock();
  b.branch('jge', turn, BigInt(hayRoom), out, inside);
  b.place(inside);
  const hay = inner.scratchMemory(hayAt);
  const needle = inner.scratchMemory(needleAt);
  if (hay.base.kind !== 'reg') throw new Error('scratch memory is behind a register');
  const from = b.inReg(b.alu('add', turn, hay.base));
  const step = b.reg();
  const head = b.newBlock();
  const compare = b.newBlock();
  const next = b.newBlock();
  b.assign(step, 0n);
  b.place(head);
  const wanted = loadByteAt(inner, needle, step);
  b.branch('jeq', wanted, 0n, hit, compare);
  b.place(compare);
  const have = b.load(1, b.inReg(b.alu('add', step, from)), hay.offset);
  b.branch('jne', have, wanted, miss, next);
  b.place(next);
  b.assign(step, b.alu('add', step, 1n));
  b.branch('jlt', step, BigInt(needleRoom), head, hit);
  b.place(hit);
  found(turn);
  b.ret(1n);
  b.place(miss);
  // The end of the string ends the search.
  const over = b.load(1, from, hay.offset);
  const more = b.newBlock();
  b.branch('jeq', over, 0n, out, more);
  b.place(more);
  b.ret(0n);
  b.place(out);
  b.ret(1n);
}

function contains(cx: Context, e: Call): Value {
  const { b } = cx;
  // -1 has its sign bit set.
  return b.alu('xor', b.alu('rsh', find(cx, e), 63n), 1n);
}

export const SEARCH: FunctionTable = { strstr: number(find), strcontains: number(contains) };
