/**
 * Gives virtual registers machine registers, in the order in which they begin to live. Those that live across a call
 * can only be in r6-r9. What finds no register is named to be spilled, cheapest first.
 */
import type { Interval, Intervals } from './intervals.ts';

export interface Assignment {
  /** Machine register by virtual register; NONE without one. */
  readonly registers: Int8Array;
  readonly spilled: readonly number[];
}

const KEPT: readonly number[] = [6, 7, 8, 9];
/** r0-r5 first: they cost nothing to use between calls. */
const ANY: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const KEPT_BITS = 0b1111000000;
const ANY_BITS = 0b1111111111;

export const NONE = -1;

export function linearScan(all: Intervals, unspillable: ReadonlySet<number>): Assignment {
  const registers = new Int8Array(all.byId.length).fill(NONE);
  const spilled: number[] = [];
  let live: Interval[] = [];
  const give = (interval: Interval, register: number): void => {
    registers[interval.id] = register;
    live.push(interval);
  };
  for (const current of all.list) {
    const start = current.ranges[0]?.from ?? 0;
    let count = 0;
    let taken = 0;
    for (const l of live) {
      if (endOf(l) <= start) continue;
      live[count++] = l;
      if (intersects(l, current)) taken |= 1 << (registers[l.id] ?? 0);
    }
    live.length = count;
    const candidates = current.crossesCall ? KEPT : ANY;
    const register = choose(current, (current.crossesCall ? KEPT_BITS : ANY_BITS) & ~taken, registers);
    if (register !== NONE) {
      give(current, register);
      continue;
    }
    const holders = candidates.map((r) => ({
      register: r,
      intervals: live.filter((l) => registers[l.id] === r && intersects(l, current)),
    }));
    const victim = cheapest(current, holders, unspillable);
    if (victim === null) {
      spilled.push(current.id);
      continue;
    }
    for (const v of victim.intervals) {
      spilled.push(v.id);
      registers[v.id] = NONE;
    }
    live = live.filter((l) => registers[l.id] !== NONE);
    give(current, victim.register);
  }
  return { registers, spilled };
}

const endOf = (i: Interval): number => i.ranges[i.ranges.length - 1]?.to ?? 0;

/** Of the free registers (bits), one that saves a move, else the first. */
function choose(current: Interval, free: number, registers: Int8Array): number {
  if (free === 0) return NONE;
  const { hints, partners } = current;
  for (let n = (hints?.length ?? 0) - 1; n >= 0; n--) {
    const hint = hints?.[n] ?? 0;
    if ((free >> hint) & 1) return hint;
  }
  for (const partner of partners ?? []) {
    const register = registers[partner] ?? NONE;
    if (register !== NONE && (free >> register) & 1) return register;
  }
  return 31 - Math.clz32(free & -free);
}

interface Holders {
  readonly register: number;
  readonly intervals: readonly Interval[];
}

/** The register whose holders cost less to spill than the current one; null: the current one is the cheapest. */
function cheapest(current: Interval, candidates: readonly Holders[], unspillable: ReadonlySet<number>): Holders | null {
  let best: Holders | null = null;
  let cost = unspillable.has(current.id) ? Infinity : current.weight;
  for (const one of candidates) {
    if (one.intervals.some((h) => unspillable.has(h.id))) continue;
    const sum = one.intervals.reduce((s, h) => s + h.weight, 0);
    if (sum < cost) {
      cost = sum;
      best = one;
    }
  }
  if (best === null && cost === Infinity) throw new Error('no register left for a spill temporary');
  return best;
}

/** A variable that is set ten thousand times has as many ranges: those before the other's life are not gone through. */
export function intersects(a: Interval, b: Interval): boolean {
  let i = firstBehind(a.ranges, b.ranges[0]?.from ?? 0);
  let j = firstBehind(b.ranges, a.ranges[i]?.from ?? 0);
  for (;;) {
    const x = a.ranges[i];
    const y = b.ranges[j];
    if (x === undefined || y === undefined) return false;
    if (x.from < y.to && y.from < x.to) return true;
    if (x.to <= y.to) i++;
    else j++;
  }
}

/** The first range that ends behind a position. */
function firstBehind(ranges: Interval['ranges'], position: number): number {
  let low = 0;
  for (let high = ranges.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.to ?? Infinity) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
