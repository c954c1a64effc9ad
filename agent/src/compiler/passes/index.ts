/** The order of the optimisation passes. */
import type { Fn } from '../ir/instruction.ts';
import { removeDeadCode, removeUnreachable } from './dead-code.ts';
import { straighten } from './jumps.ts';
import { legalise } from './legalise.ts';
import { narrowStores } from './narrow-stores.ts';
import { simplify } from './simplify.ts';

const ROUNDS = 4;

/** `after` is told of every pass that ran. */
export function optimise(fn: Fn, after: (pass: string) => void = () => undefined): void {
  removeUnreachable(fn);
  for (let round = 0; round < ROUNDS; round++) {
    const changed = simplify(fn);
    after('simplify');
    if (round === 0) {
      narrowStores(fn);
      after('narrow-stores');
    }
    removeDeadCode(fn);
    after('dead-code');
    straighten(fn);
    after('jumps');
    if (!changed) break;
  }
  legalise(fn);
  after('legalise');
}
