/** Makes jumps short: empty blocks are skipped, a block with one way in is joined to the one before. */
import type { Block, Fn, Terminator } from '../ir/instruction.ts';
import { successors } from '../ir/operands.ts';
import { removeUnreachable } from './dead-code.ts';

export function straighten(fn: Fn): void {
  for (const b of fn.blocks) if (b.end !== null) b.end = retarget(b.end);
  removeUnreachable(fn);
  const predecessors: number[] = [];
  for (const b of fn.blocks) for (const s of successors(b)) predecessors[s.id] = (predecessors[s.id] ?? 0) + 1;
  const gone = new Set<Block>();
  for (const b of fn.blocks) {
    if (gone.has(b)) continue;
    while (b.end?.op === 'jump') {
      const next = b.end.to;
      if (next === b || next === fn.blocks[0] || predecessors[next.id] !== 1 || gone.has(next)) break;
      if (b.cold !== next.cold) break;
      for (const i of next.insns) b.insns.push(i);
      b.end = next.end;
      gone.add(next);
    }
  }
  if (gone.size > 0) fn.blocks = fn.blocks.filter((b) => !gone.has(b));
}

function retarget(t: Terminator): Terminator {
  if (t.op === 'jump') {
    const to = destination(t.to);
    return to === t.to ? t : { ...t, to };
  }
  if (t.op !== 'branch') return t;
  const then = destination(t.then);
  const otherwise = destination(t.else);
  if (then === otherwise) return { op: 'jump', to: then, span: t.span };
  return then === t.then && otherwise === t.else ? t : { ...t, then, else: otherwise };
}

/** Where a jump to this block ends up. */
function destination(block: Block): Block {
  let at = block;
  for (let hops = 0; at.insns.length === 0 && at.end?.op === 'jump' && hops < 100; hops++) at = at.end.to;
  return at;
}
