/**
 * Gives virtual registers machine registers, in the order in which they begin to live. Those that live across a call
 * can only be in r6-r9. What finds no register is named to be spilled, cheapest first.
 */
import type { Interval, Intervals } from './intervals.ts';

export interface Assignment {
  readonly registers: ReadonlyMap<number, number>;
  readonly spilled: readonly number[];
}

const KEPT: readonly number[] = [6, 7, 8, 9];
/** r0-r5 first: they cost nothing to use between calls. */
const ANY: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

export function linearScan(all: Intervals, unspillable: ReadonlySet<number>): Assignment {
  const registers = new Map<number, number>();
  const spilled: number[] = [];
  let live: { readonly interval: Interval; readonly register: number }[] = [];
  for (const current of all.list) {
    const start = current.ranges[0]?.from ?? 0;
    live = live.filter((l) => (l.interval.ranges.at(-1)?.to ?? 0) > start);
    const taken = new Map<number, Interval[]>();
    for (const l of live) {
      if (!intersects(l.interval, current)) continue;
      const list = taken.get(l.register);
      if (list === undefined) taken.set(l.register, [l.interval]);
      else list.push(l.interval);
    }
    const candidates = current.crossesCall ? KEPT : ANY;
    const free = candidates.filter((r) => !taken.has(r));
    const register = free.length > 0 ? choose(current, free, registers) : null;
    if (register !== null) {
      registers.set(current.id, register);
      live.push({ interval: current, register });
      continue;
    }
    const victim = cheapest(current, candidates, taken, unspillable);
    if (victim === null) {
      spilled.push(current.id);
      continue;
    }
    for (const v of victim.intervals) {
      spilled.push(v.id);
      registers.delete(v.id);
    }
    const gone = new Set(victim.intervals);
    live = live.filter((l) => !gone.has(l.interval));
    registers.set(current.id, victim.register);
    live.push({ interval: current, register: victim.register });
  }
  return { registers, spilled };
}

/** A register that saves a move when one is free. */
function choose(current: Interval, free: readonly number[], registers: ReadonlyMap<number, number>): number | null {
  for (let n = current.hints.length - 1; n >= 0; n--) {
    const hint = current.hints[n];
    if (hint !== undefined && free.includes(hint)) return hint;
  }
  for (const partner of current.partners) {
    const register = registers.get(partner);
    if (register !== undefined && free.includes(register)) return register;
  }
  return free[0] ?? null;
}

/** The register whose holders cost less to spill than the current one; null: the current one is the cheapest. */
function cheapest(
  current: Interval,
  candidates: readonly number[],
  taken: ReadonlyMap<number, readonly Interval[]>,
  unspillable: ReadonlySet<number>,
): { readonly register: number; readonly intervals: readonly Interval[] } | null {
  let best: { register: number; intervals: readonly Interval[] } | null = null;
  let cost = unspillable.has(current.id) ? Infinity : current.weight;
  for (const register of candidates) {
    const holders = taken.get(register) ?? [];
    if (holders.some((h) => unspillable.has(h.id))) continue;
    const sum = holders.reduce((s, h) => s + h.weight, 0);
    if (sum < cost) {
      cost = sum;
      best = { register, intervals: holders };
    }
  }
  if (best === null && cost === Infinity) throw new Error('no register left for a spill temporary');
  return best;
}

export function intersects(a: Interval, b: Interval): boolean {
  let i = 0;
  let j = 0;
  for (;;) {
    const x = a.ranges[i];
    const y = b.ranges[j];
    if (x === undefined || y === undefined) return false;
    if (x.from < y.to && y.from < x.to) return true;
    if (x.to <= y.to) i++;
    else j++;
  }
}
