/**
 * Where each register is live, as ranges of positions in the final block order. An instruction n has four positions:
 * operands are read at 4n, calls destroy r0-r5 at 4n+1, the result is written at 4n+2.
 */
import type { Block, Fn, Insn, Reg } from '../ir/instruction.ts';
import { blockIndex, definition, forEachUse, successors } from '../ir/operands.ts';
import { COMMUTATIVE } from '../ir/fold.ts';
import { liveness } from './liveness.ts';

/** Most live in one range and have nothing that is wished for: lists are made for those that do. */
export class Interval {
  readonly id: number;
  /** Ascending, half-open, joined where they touch. */
  readonly ranges: { from: number; to: number }[] = [];
  /** Reads and writes, weighted by loop depth: what spilling would cost. */
  weight = 0;
  crossesCall = false;
  /** Physical registers that would save a move, best last. */
  hints: number[] | null = null;
  /** Registers that would save a move when both get the same. */
  partners: number[] | null = null;

  constructor(id: number) {
    this.id = id;
  }

  wish(register: number): void {
    (this.hints ??= []).push(register);
  }

  pair(other: Interval): void {
    (this.partners ??= []).push(other.id);
    (other.partners ??= []).push(this.id);
  }
}

export interface Intervals {
  readonly list: readonly Interval[];
  /** By the register's id. */
  readonly byId: readonly (Interval | undefined)[];
}

/** dst = left op right, computed in dst: right must survive the move of left, unless the two can change places. */
const readsLate = (i: Insn): Reg | null => {
  if (i.op === 'alu' && typeof i.right === 'object' && !COMMUTATIVE.has(i.fn)) return i.right;
  if (i.op === 'atomic' && i.dst !== null && i.base.kind === 'reg') return i.base;
  return null;
};

export function intervals(fn: Fn, order: readonly Block[]): Intervals {
  const byId = new Array<Interval | undefined>(fn.regs);
  const made: Interval[] = [];
  const interval = (id: number): Interval => {
    const known = byId[id];
    if (known !== undefined) return known;
    const fresh = new Interval(id);
    byId[id] = fresh;
    made.push(fresh);
    return fresh;
  };
  const { out } = liveness(fn);
  const depth = loopDepth(order);
  const starts: number[] = [];
  let at = 0;
  for (const b of order) {
    starts.push(at);
    at += b.insns.length + 1;
  }
  const calls: number[] = [];
  // Where the life ends that is being walked back, by register; 0: it is not live. `opened` has those of this block.
  const open = new Int32Array(fn.regs);
  let opened: number[] = [];
  let weight = 0;
  /** Where the walk is. */
  let position = 0;
  const use = (r: Reg): void => {
    interval(r.id).weight += weight;
    if (open[r.id] !== 0) return;
    open[r.id] = position + 1;
    opened.push(r.id);
  };
  for (let n = order.length - 1; n >= 0; n--) {
    const block = order[n];
    if (block === undefined) continue;
    const first = (starts[n] ?? 0) * 4;
    const end = first + (block.insns.length + 1) * 4;
    weight = (block.cold ? 0.1 : 1) * 10 ** Math.min(6, depth[n] ?? 0);
    opened = [...(out[n] ?? [])];
    for (const id of opened) open[id] = end;
    if (block.end !== null) {
      position = end - 4;
      forEachUse(block.end, use);
      if (block.end.op === 'return' && typeof block.end.value === 'object') interval(block.end.value.id).wish(0);
    }
    for (let k = block.insns.length - 1; k >= 0; k--) {
      const i = block.insns[k];
      if (i === undefined) continue;
      const at = first + k * 4;
      const dst = definition(i);
      if (dst !== null) {
        const written = interval(dst.id);
        prepend(written, at + 2, open[dst.id] || at + 3);
        open[dst.id] = 0;
        written.weight += weight;
      }
      const late = readsLate(i);
      position = at + 2;
      if (late !== null) use(late);
      position = at;
      forEachUse(i, use);
      if (i.op === 'call') calls.push(at + 1);
      hint(i, interval);
    }
    for (const id of opened) {
      const to = open[id] ?? 0;
      if (to !== 0) prepend(interval(id), first, to);
      open[id] = 0;
    }
  }
  fn.params.forEach((p, n) => interval(p.id).wish(n + 1));
  calls.reverse();
  const list: Interval[] = [];
  for (const i of made) {
    if (i.ranges.length === 0) continue;
    list.push(i);
    for (const r of i.ranges) if (anyWithin(calls, r.from, r.to)) i.crossesCall = true;
  }
  return { list: byStart(list), byId };
}

/** Sorted without a function that compares: start and place in the list as one number. */
function byStart(list: readonly Interval[]): Interval[] {
  const keys = new Float64Array(list.length);
  list.forEach((i, n) => (keys[n] = (i.ranges[0]?.from ?? 0) * list.length + n));
  const sorted: Interval[] = [];
  for (const key of keys.sort()) sorted.push(list[key % list.length] as Interval);
  return sorted;
}

/** Ranges arrive from the last to the first. */
function prepend(interval: Interval, from: number, to: number): void {
  const next = interval.ranges[0];
  if (next !== undefined && next.from <= to) {
    next.from = from;
    next.to = Math.max(next.to, to);
  } else interval.ranges.unshift({ from, to });
}

type ById = (id: number) => Interval;

function hint(i: Insn, interval: ById): void {
  if (i.op === 'call') {
    let n = 0;
    for (const a of i.args) {
      n++;
      if (typeof a === 'object' && a.kind === 'reg') interval(a.id).wish(n);
    }
    if (i.dst !== null) interval(i.dst.id).wish(0);
  } else if (i.op === 'mov' && typeof i.src === 'object' && i.src.kind === 'reg') together(i.dst, i.src, interval);
  else if (i.op === 'alu' && typeof i.left === 'object') together(i.dst, i.left, interval);
  else if (i.op === 'unary') together(i.dst, i.src, interval);
  else if (i.op === 'atomic' && i.dst !== null) together(i.dst, i.src, interval);
}

function together(a: Reg, b: Reg, interval: ById): void {
  interval(a.id).pair(interval(b.id));
}

/** Whether a sorted list has a number in [from, to). */
function anyWithin(sorted: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && (sorted[low] ?? 0) < to;
}

/** How many loops each block is in, taking every jump back in the order as a loop over what lies between. */
function loopDepth(order: readonly Block[]): number[] {
  const index = blockIndex(order);
  const delta = new Array<number>(order.length + 1).fill(0);
  order.forEach((b, n) => {
    if (b.cold) return;
    for (const s of successors(b)) {
      const head = index[s.id] ?? n + 1;
      if (head <= n) {
        delta[head] = (delta[head] ?? 0) + 1;
        delta[n + 1] = (delta[n + 1] ?? 0) - 1;
      }
    }
  });
  let depth = 0;
  return order.map((_, n) => (depth += delta[n] ?? 0));
}
