/** Several moves at once: orders them so that no source is lost, and breaks cycles through r0. */
import { aluReg, R0, type Instruction, type Register } from '@bpfscope/native/asm';

export interface Move {
  readonly to: Register;
  readonly from: Register;
}

/** All targets are different, and none is r0 when there may be a cycle. */
export function parallelMoves(moves: readonly Move[]): Instruction[] {
  const out: Instruction[] = [];
  let pending = moves.filter((m) => m.to !== m.from);
  while (pending.length > 0) {
    const ready = pending.find((m) => !pending.some((other) => other.from === m.to));
    if (ready !== undefined) {
      out.push(aluReg('mov', ready.to, ready.from));
      pending = pending.filter((m) => m !== ready);
      continue;
    }
    // Only cycles are left, and r0 is in none of them.
    const first = pending[0];
    if (first === undefined) break;
    out.push(aluReg('mov', R0, first.from));
    pending = pending.map((m) => (m.from === first.from ? { to: m.to, from: R0 } : m));
  }
  return out;
}
