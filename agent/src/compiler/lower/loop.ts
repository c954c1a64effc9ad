/** Loops as jumps back, which the verifier follows; map iteration through a function that a helper calls back. */
import type { HirStmt } from '../../language/hir.ts';
import type { Block } from '../ir/instruction.ts';
import { branch } from './condition.ts';
import type { Context } from './context.ts';
import { lowerValue } from './expression.ts';
import { writeLocal } from './local.ts';
import { isSigned } from './scalar.ts';
import { lowerBlock } from './statement.ts';

type Of<K> = Extract<HirStmt, { kind: K }>;

function body(cx: Context, onBreak: Block, onContinue: Block, make: () => void): void {
  cx.loops.push({ onBreak: () => cx.b.jump(onBreak), onContinue: () => cx.b.jump(onContinue) });
  cx.cache.scope(make);
  cx.loops.pop();
}

export function whileLoop(cx: Context, s: Of<'while'>): void {
  const { b } = cx;
  const head = b.newBlock();
  const inside = b.newBlock();
  const end = b.newBlock();
  cx.cache.forget('@');
  cx.cache.forget('$');
  b.place(head);
  cx.cache.scope(() => branch(cx, s.cond, inside, end));
  b.place(inside);
  body(cx, end, head, () => lowerBlock(cx, s.body));
  b.jump(head);
  b.place(end);
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
  const { b } = cx;
  const from = lowerValue(cx, s.from);
  const to = lowerValue(cx, s.to);
  const counter = b.reg();
  const head = b.newBlock();
  const inside = b.newBlock();
  const next = b.newBlock();
  const end = b.newBlock();
  cx.cache.forget('@');
  cx.cache.forget('$');
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

export function forMap(cx: Context, s: Of<'for-map'>): void {
  cx.module.diagnostics.error('unsupported', s.span, 'Loops over a map are not supported yet');
}
