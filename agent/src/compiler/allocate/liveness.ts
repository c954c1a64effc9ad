/** Which registers are still needed at the end of each block: backward data flow over bit sets. */
import type { Block, Fn, Reg } from '../ir/instruction.ts';
import { definition, forEachUse, successors } from '../ir/operands.ts';

export type BitSet = Uint32Array;

export const has = (set: BitSet, id: number): boolean => (((set[id >> 5] ?? 0) >>> (id & 31)) & 1) === 1;
const add = (set: BitSet, id: number): void => {
  set[id >> 5] = (set[id >> 5] ?? 0) | (1 << (id & 31));
};

export function forEachBit(set: BitSet, see: (id: number) => void): void {
  for (let w = 0; w < set.length; w++) {
    for (let bits = set[w] ?? 0; bits !== 0; bits &= bits - 1) see(w * 32 + 31 - Math.clz32(bits & -bits));
  }
}

/** Registers live at the end of each block. */
export function liveOut(fn: Fn): Map<Block, BitSet> {
  return new Map([...liveness(fn)].map(([b, s]) => [b, s.out]));
}

/** Calls `see` for each register that is read before it is written, from this block on. */
export function liveIn(fn: Fn, block: Block, see: (id: number) => void): void {
  const state = liveness(fn).get(block);
  if (state !== undefined) forEachBit(state.live, see);
}

interface State {
  readonly use: BitSet;
  readonly def: BitSet;
  /** At the start. */
  readonly live: BitSet;
  readonly out: BitSet;
}

function liveness(fn: Fn): Map<Block, State> {
  const words = (fn.regs + 31) >> 5;
  const state = new Map<Block, State>();
  for (const b of fn.blocks) {
    const use = new Uint32Array(words);
    const def = new Uint32Array(words);
    const see = (r: Reg): void => {
      if (!has(def, r.id)) add(use, r.id);
    };
    for (const i of b.insns) {
      forEachUse(i, see);
      const d = definition(i);
      if (d !== null) add(def, d.id);
    }
    if (b.end !== null) forEachUse(b.end, see);
    state.set(b, { use, def, live: use.slice(), out: new Uint32Array(words) });
  }
  for (let changed = true; changed;) {
    changed = false;
    for (let n = fn.blocks.length - 1; n >= 0; n--) {
      const block = fn.blocks[n];
      const s = block === undefined ? undefined : state.get(block);
      if (block === undefined || s === undefined) continue;
      for (const next of successors(block)) {
        const into = state.get(next)?.live;
        if (into === undefined) continue;
        for (let w = 0; w < words; w++) {
          const out = ((s.out[w] ?? 0) | (into[w] ?? 0)) >>> 0;
          if (out === s.out[w]) continue;
          s.out[w] = out;
          const live = ((s.use[w] ?? 0) | (out & ~(s.def[w] ?? 0))) >>> 0;
          if (live !== s.live[w]) {
            s.live[w] = live;
            changed = true;
          }
        }
      }
    }
  }
  return state;
}
