/** Loops as jumps back, which the verifier follows; map iteration through a function that a helper calls back. */
import { MOST_TURNS, type HirStmt } from '../../language/hir.ts';
import { elementOffsets, paddingOf, sizeOf } from '../../language/layout.ts';
import type { Target } from '../../language/target.ts';
import type { Block, Value } from '../ir/instruction.ts';
import { foldElement } from './aggregate-read.ts';
import { branch } from './condition.ts';
import type { Context } from './context.ts';
import { lowerValue } from './expression.ts';
import { localMemory, writeLocal } from './local.ts';
import { mapFd, storageOf } from './map.ts';
import { address, clear, copy, loadInt, storeInt, within } from './memory.ts';
import { turnsOf, weightOf } from './loop-weight.ts';
import { isSigned } from './scalar.ts';
import { lowerBlock } from './statement.ts';

type Of<K> = Extract<HirStmt, { kind: K }>;

function body(cx: Context, onBreak: Block, onContinue: Block, make: () => void): void {
  cx.loops.push({ onBreak: () => cx.b.jump(onBreak), onContinue: () => cx.b.jump(onContinue) });
  cx.cache.scope(make);
  cx.loops.pop();
}

/** Loops over constant ranges that the verifier walks through: up to this many turns, or ways in all. */
const MOST_WALKED = 64;

/**
 * Loops whose body is a function that a helper calls back: the verifier does not walk through every turn. `nested`: the
 * loop is in such a function, which the verifier walks through until nothing changes, each time all turns of the loop.
 */
export function isCalledBack(s: HirStmt, target: Target, nested: boolean): boolean {
  if (s.kind === 'for-map') return true;
  if (s.kind !== 'while' && s.kind !== 'for-range') return false;
  const turns = s.kind === 'for-range' && !nested ? turnsOf(s) : null;
  if (turns !== null && turns * Math.max(1, weightOf(s.body)) <= MOST_WALKED) return false;
  return target.has('helper:bpf_loop');
}

/** Nothing that was read before is known inside, or after. */
function forgetAll(cx: Context): void {
  cx.cache.forget('@');
  cx.cache.forget('$');
}

/** The body as a function: 0 goes on, 1 ends the loop. */
function makeBody(inner: Context, make: () => void): void {
  inner.loops.push({ onBreak: () => inner.stop(), onContinue: () => inner.b.ret(0n) });
  make();
  inner.b.ret(0n);
}

export function whileLoop(cx: Context, s: Of<'while'>): void {
  if (isCalledBack(s, cx.module.target, cx.frame !== null)) return whileCalled(cx, s);
  const { b } = cx;
  const head = b.newBlock();
  const inside = b.newBlock();
  const end = b.newBlock();
  forgetAll(cx);
  b.place(head);
  cx.cache.scope(() => branch(cx, s.cond, inside, end));
  b.place(inside);
  body(cx, end, head, () => lowerBlock(cx, s.body));
  b.jump(head);
  b.place(end);
}

function whileCalled(cx: Context, s: Of<'while'>): void {
  const inner = cx.callback(2);
  makeBody(inner, () => {
    const inside = inner.b.newBlock();
    const end = inner.b.newBlock();
    branch(inner, s.cond, inside, end);
    inner.b.place(end);
    inner.b.ret(1n);
    inner.b.place(inside);
    lowerBlock(inner, s.body);
  });
  forgetAll(cx);
  cx.whileCalling(inner, () => cx.b.call('loop', MOST_TURNS, inner.functionAddress, cx.frameAddress, 0n));
}

export function unroll(cx: Context, s: Of<'unroll'>): void {
  const end = cx.b.newBlock();
  for (let n = 0; n < s.count; n++) {
    const next = cx.b.newBlock();
    body(cx, end, next, () => lowerBlock(cx, s.body));
    cx.b.place(next);
  }
  cx.b.place(end);
}

export function forRange(cx: Context, s: Of<'for-range'>): void {
  if (isCalledBack(s, cx.module.target, cx.frame !== null)) return cx.b.scope(() => rangeCalled(cx, s));
  const { b } = cx;
  const from = lowerValue(cx, s.from);
  const to = lowerValue(cx, s.to);
  const counter = b.reg();
  const head = b.newBlock();
  const inside = b.newBlock();
  const next = b.newBlock();
  const end = b.newBlock();
  forgetAll(cx);
  b.assign(counter, from);
  b.place(head);
  b.branch(isSigned(s.local.type) ? 'jslt' : 'jlt', counter, to, inside, end);
  b.place(inside);
  writeLocal(cx, s.local, b.mov(counter));
  body(cx, end, next, () => lowerBlock(cx, s.body));
  b.place(next);
  b.assign(counter, b.alu('add', counter, 1n));
  b.jump(head);
  b.place(end);
}

function rangeCalled(cx: Context, s: Of<'for-range'>): void {
  const { b } = cx;
  const from = lowerValue(cx, s.from);
  const to = lowerValue(cx, s.to);
  const first = typeof from === 'bigint' ? null : cx.root.b.slot(8);
  if (first !== null) storeInt(cx, cx.inFrame(first), 8, from);
  const inner = cx.callback(2);
  makeBody(inner, () => {
    const turn = inner.b.fn.params[0] ?? 0n;
    const start = first === null ? from : loadInt(inner, inner.inFrame(first), 8, false);
    writeLocal(inner, s.local, inner.b.alu('add', start, turn));
    lowerBlock(inner, s.body);
  });
  forgetAll(cx);
  const call = (turns: Value): void =>
    cx.whileCalling(inner, () => b.call('loop', turns, inner.functionAddress, cx.frameAddress, 0n));
  if (typeof from === 'bigint' && typeof to === 'bigint') {
    if (to > from) call(to - from > MOST_TURNS ? MOST_TURNS : to - from);
    return;
  }
  const turns = b.reg();
  const some = b.newBlock();
  const most = b.newBlock();
  const run = b.newBlock();
  const end = b.newBlock();
  b.branch(isSigned(s.local.type) ? 'jslt' : 'jlt', from, to, some, end);
  b.place(some);
  b.assign(turns, b.alu('sub', to, from));
  b.branch('jgt', turns, MOST_TURNS, most, run);
  b.place(most);
  b.assign(turns, MOST_TURNS);
  b.place(run);
  call(turns);
  b.place(end);
}

/** Needs kernel 5.13. The function gets map, key, value, frame. */
export function forMap(cx: Context, s: Of<'for-map'>): void {
  const { map, local } = s;
  if (map.key === null) throw new Error(`${map.name} has no keys`);
  const keyType = map.key;
  cx.needs('helper:bpf_for_each_map_elem', 'A loop over a map');
  const inner = cx.callback(4);
  makeBody(inner, () => {
    const { b } = inner;
    const [, key, value] = b.fn.params;
    if (key === undefined || value === undefined) throw new Error('a map callback takes key and value');
    const pair = localMemory(inner, local) ?? inner.temporary(sizeOf(local.type));
    inner.locals.set(local.id, { kind: 'memory', memory: pair });
    const [keyAt = 0, valueAt = 0] = elementOffsets(local.type);
    for (const hole of paddingOf(local.type)) clear(inner, within(pair, hole.start), hole.end - hole.start);
    copy(inner, { space: 'bpf', base: key, offset: 0 }, within(pair, keyAt), sizeOf(keyType));
    if (map.value.kind === 'aggregate') {
      storeInt(inner, within(pair, valueAt), 8, foldElement(inner, map, address(inner, within(pair, keyAt))));
    } else copy(inner, { space: 'bpf', base: value, offset: 0 }, within(pair, valueAt), sizeOf(map.value));
    lowerBlock(inner, s.body);
  });
  forgetAll(cx);
  const fd = mapFd(storageOf(cx, map).map);
  cx.whileCalling(inner, () => cx.b.call('for_each_map_elem', fd, inner.functionAddress, cx.frameAddress, 0n));
}
