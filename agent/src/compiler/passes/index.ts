/** The order of the optimisation passes. */
import type { Fn } from '../ir/instruction.ts';
import { removeDeadCode } from './dead-code.ts';
import { straighten } from './jumps.ts';
import { legalise } from './legalise.ts';
import { narrowStores } from './narrow-stores.ts';
import { simplify } from './simplify.ts';

const ROUNDS = 4;

export function optimise(fn: Fn): void {
  for (let round = 0; round < ROUNDS; round++) {
    const changed = simplify(fn);
    if (round === 0) narrowStores(fn);
    removeDeadCode(fn);
    straighten(fn);
    if (!changed) break;
  }
  legalise(fn);
}
