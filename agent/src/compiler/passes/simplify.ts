/**
 * Constant and copy propagation, folding, and branches whose outcome is known. Works on registers that are assigned
 * once: their value is the same wherever they are used.
 */
import type { Fn, Insn, Operand, Terminator, Value } from '../ir/instruction.ts';
import { COMMUTATIVE, foldAlu, foldCondition, strengthReduce, SWAPPED } from '../ir/fold.ts';
import { definition, substitute, substituteEnd, type Substitution } from '../ir/operands.ts';

type Known = readonly (Operand | undefined)[];

/** True when more is known than before: a result, or which way a branch goes. */
export function simplify(fn: Fn): boolean {
  const known = singleMoves(fn);
  let changed = false;
  const resolve = (o: Operand): Operand => {
    let at = o;
    while (typeof at === 'object' && at.kind === 'reg') {
      const next = known[at.id];
      if (next === undefined) break;
      at = next;
    }
    return at;
  };
  const value = (v: Value): Value => {
    const r = resolve(v);
    return typeof r === 'bigint' || r.kind === 'reg' ? r : lastReg(v, known);
  };
  const substitution: Substitution = {
    operand: resolve,
    value,
    base: (b) => {
      const r = resolve(b);
      return typeof r === 'object' && (r.kind === 'reg' || r.kind === 'slot-address') ? r : b;
    },
    reg: (r) => {
      const v = value(r);
      return typeof v === 'bigint' ? r : v;
    },
  };
  for (const block of fn.blocks) {
    const { insns } = block;
    for (let n = 0; n < insns.length; n++) {
      const i = insns[n];
      if (i === undefined) continue;
      const replaced = substitute(i, substitution);
      const next = fold(replaced);
      if (next.op === 'mov' && replaced.op !== 'mov') changed = true;
      if (next !== i) insns[n] = next;
    }
    if (block.end !== null) {
      const end = foldEnd(substituteEnd(block.end, substitution));
      if (end.op !== block.end.op) changed = true;
      block.end = end;
    }
  }
  return changed;
}

/** What each register is that is assigned once, by a move of something that does not change; by its id. */
function singleMoves(fn: Fn): Known {
  const counts = new Uint8Array(fn.regs);
  for (const p of fn.params) counts[p.id] = 1;
  for (const b of fn.blocks) {
    for (const i of b.insns) {
      const dst = definition(i);
      if (dst !== null) counts[dst.id] = Math.min(2, (counts[dst.id] ?? 0) + 1);
    }
  }
  const known = new Array<Operand | undefined>(fn.regs);
  for (const b of fn.blocks) {
    for (const i of b.insns) {
      if (i.op !== 'mov' || counts[i.dst.id] !== 1) continue;
      const stable = typeof i.src === 'bigint' || i.src.kind !== 'reg' || counts[i.src.id] === 1;
      if (stable) known[i.dst.id] = i.src;
    }
  }
  return known;
}

/** The last register of a chain of copies that ends in an address. */
function lastReg(v: Value, known: Known): Value {
  let at = v;
  while (typeof at === 'object') {
    const next = known[at.id];
    if (next === undefined || typeof next === 'bigint' || next.kind !== 'reg') return at;
    at = next;
  }
  return at;
}

function fold(i: Insn): Insn {
  if (i.op !== 'alu') return i;
  if (typeof i.left === 'bigint' && typeof i.right === 'object' && COMMUTATIVE.has(i.fn)) {
    return fold({ ...i, left: i.right, right: i.left });
  }
  const folded = foldAlu(i.fn, i.left, i.right, i.width);
  if (folded !== null) return { op: 'mov', dst: i.dst, src: folded, span: i.span };
  if (i.width === 64 && typeof i.right === 'bigint') {
    const cheaper = strengthReduce(i.fn, i.right);
    if (cheaper !== null) return { ...i, fn: cheaper.fn, right: cheaper.right };
  }
  return i;
}

function foldEnd(t: Terminator): Terminator {
  if (t.op !== 'branch') return t;
  if (t.then === t.else) return { op: 'jump', to: t.then, span: t.span };
  if (typeof t.left === 'bigint') {
    if (typeof t.right === 'bigint') {
      const taken = foldCondition(t.cond, t.left, t.right, t.width);
      return { op: 'jump', to: taken ? t.then : t.else, span: t.span };
    }
    return { ...t, cond: SWAPPED[t.cond], left: t.right, right: t.left };
  }
  // No unsigned number is below 0.
  if (t.right === 0n && t.cond === 'jge') return { op: 'jump', to: t.then, span: t.span };
  if (t.right === 0n && t.cond === 'jlt') return { op: 'jump', to: t.else, span: t.span };
  return t;
}
