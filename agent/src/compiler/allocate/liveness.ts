/**
 * Which registers are still needed at the end of each block. For each register, walks back from the blocks that read it
 * before they write it: the work is what the answer is long, since most registers live in one block only.
 */
import type { Fn, Reg } from '../ir/instruction.ts';
import { blockIndex, definition, forEachUse, successors } from '../ir/operands.ts';

export interface Liveness {
  /** Ids of the registers live at the end of each of the function's blocks, in their order. */
  readonly out: readonly (readonly number[])[];
  /** Ids of the registers read before they are written, from the entry on. */
  readonly entry: readonly number[];
}

interface Facts {
  /** Blocks that read the register before they write it, by id. */
  readonly exposed: (number[] | undefined)[];
  /** Blocks that write it. */
  readonly written: (number[] | undefined)[];
}

/** `only`: of the registers that have a 1 there, by id. */
export function liveness(fn: Fn, only: Uint8Array | null = null): Liveness {
  const index = blockIndex(fn.blocks);
  const predecessors = fn.blocks.map((): number[] => []);
  fn.blocks.forEach((b, n) => {
    for (const s of successors(b)) predecessors[index[s.id] ?? 0]?.push(n);
  });
  const { exposed, written } = facts(fn, only);
  const out: number[][] = fn.blocks.map(() => []);
  const entry: number[] = [];
  // Which register a block was last marked for.
  const writes = new Int32Array(fn.blocks.length).fill(-1);
  const liveAtEnd = new Int32Array(fn.blocks.length).fill(-1);
  const liveAtStart = new Int32Array(fn.blocks.length).fill(-1);
  for (let id = 0; id < fn.regs; id++) {
    const readers = exposed[id];
    if (readers === undefined) continue;
    for (const b of written[id] ?? []) writes[b] = id;
    const work = [...readers];
    for (let b = work.pop(); b !== undefined; b = work.pop()) {
      if (liveAtStart[b] === id) continue;
      liveAtStart[b] = id;
      if (b === 0) entry.push(id);
      for (const p of predecessors[b] ?? []) {
        if (liveAtEnd[p] === id) continue;
        liveAtEnd[p] = id;
        out[p]?.push(id);
        if (writes[p] !== id) work.push(p);
      }
    }
  }
  return { out, entry };
}

function facts(fn: Fn, only: Uint8Array | null): Facts {
  const exposed: (number[] | undefined)[] = new Array<number[] | undefined>(fn.regs);
  const written: (number[] | undefined)[] = new Array<number[] | undefined>(fn.regs);
  const add = (lists: (number[] | undefined)[], id: number, block: number): void => {
    const list = lists[id];
    if (list === undefined) lists[id] = [block];
    else if (list[list.length - 1] !== block) list.push(block);
  };
  const lastWrite = new Int32Array(fn.regs).fill(-1);
  let n = 0;
  const use = (r: Reg): void => {
    if (lastWrite[r.id] !== n && (only === null || only[r.id] === 1)) add(exposed, r.id, n);
  };
  for (const b of fn.blocks) {
    for (const i of b.insns) {
      forEachUse(i, use);
      const dst = definition(i);
      if (dst === null) continue;
      lastWrite[dst.id] = n;
      if (only === null || only[dst.id] === 1) add(written, dst.id, n);
    }
    if (b.end !== null) forEachUse(b.end, use);
    n++;
  }
  return { exposed, written };
}
