/** Register allocation: intervals, linear scan, spill and again until all have a register. */
import type { Block, Fn } from '../ir/instruction.ts';
import { intervals } from './intervals.ts';
import { linearScan } from './linear-scan.ts';
import { spill } from './spill.ts';

export interface Allocated {
  readonly order: readonly Block[];
  /** Machine register by the id of the virtual one; NONE for those that nothing uses. */
  readonly registers: Int8Array;
}

const ROUNDS = 50;

/** `after` is told of every pass that may have changed the function. */
export function allocate(fn: Fn, after: (pass: string) => void = () => undefined): Allocated {
  const temporaries = new Set<number>();
  const order = [...fn.blocks.filter((b) => !b.cold), ...fn.blocks.filter((b) => b.cold)];
  for (let round = 0; round < ROUNDS; round++) {
    // Positions follow the order in which code was made: unlikely blocks at the end would stretch every life to there.
    const all = intervals(fn, fn.blocks);
    const { registers, spilled } = linearScan(all, temporaries);
    if (spilled.length === 0) return { order, registers };
    spill(fn, spilled, all, temporaries);
    after('spill');
  }
  throw new Error(`register allocation of ${fn.name} does not end`);
}
