/** Which functions of a program are left: the kernel refuses types of functions that nothing refers to. */
import type { Fn } from '../ir/instruction.ts';
import { operands } from '../ir/operands.ts';

/** Indices, 0 (the program) and what it refers to; as FunctionAddress has them. `only`: there is no other. */
export function calledFunctions(functions: readonly Fn[], only: boolean): ReadonlySet<number> {
  const called = new Set<number>([0]);
  if (only) return called;
  // A set also visits what is added while it is walked.
  for (const index of called) {
    for (const { insns } of functions[index]?.blocks ?? []) {
      for (const i of insns) {
        for (const o of operands(i)) if (typeof o === 'object' && o.kind === 'function') called.add(o.index);
      }
    }
  }
  return called;
}
