/** Functions that the compiler put into others: which ones an address is in (DWARF 5, section 3.3.8). */
import { AT, TAG } from './constants.ts';
import type { Die } from './die.ts';
import { nameOf } from './function.ts';
import type { SourceLine } from './line-rows.ts';

export interface InlinedCall {
  readonly name: string;
  /** Where it is called, in the function around it. */
  readonly call: SourceLine | null;
}

const NESTING: ReadonlySet<number> = new Set([TAG.inlined_subroutine, TAG.lexical_block]);
const DEEPEST = 128;

const holds = (die: Die, address: number): boolean =>
  die.unit.ranges(die).some(({ start, end }) => address >= start && address < end);

/** From the outermost to the innermost; empty in the function's own code. */
export const inlinedAt = (fn: Die, address: number, fileName: (index: number) => string): InlinedCall[] => {
  const calls: InlinedCall[] = [];
  let at: Die | null = fn;
  for (let depth = 0; at !== null && depth < DEEPEST; depth++) {
    let inner: Die | null = null;
    for (const child of at.unit.childrenOf(at, NESTING)) {
      if (!holds(child, address)) continue;
      inner = child;
      break;
    }
    if (inner?.tag === TAG.inlined_subroutine) {
      const line = inner.unit.number(inner, AT.call_line);
      const file = fileName(inner.unit.number(inner, AT.call_file) ?? 0);
      calls.push({ name: nameOf(inner), call: line === null || file === '' ? null : { file, line } });
    }
    at = inner;
  }
  return calls;
};
