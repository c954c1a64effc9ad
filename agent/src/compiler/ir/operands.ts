/** Which registers an instruction reads and writes, and the same instruction over other operands. */
import type { Base, Block, Insn, Operand, Reg, Terminator, Value } from './instruction.ts';

/** Calls `use` for each register read. */
export function forEachUse(i: Insn | Terminator, use: (r: Reg) => void): void {
  switch (i.op) {
    case 'mov':
    case 'unary':
      return see(i.src, use);
    case 'alu':
    case 'branch':
      see(i.left, use);
      return see(i.right, use);
    case 'load':
      return see(i.base, use);
    case 'store':
    case 'atomic':
      see(i.base, use);
      return see(i.src, use);
    case 'call':
      for (const a of i.args) see(a, use);
      return;
    case 'return':
      return see(i.value, use);
    case 'jump':
  }
}

function see(o: Operand, use: (r: Reg) => void): void {
  if (typeof o === 'object' && o.kind === 'reg') use(o);
}

/** What moves and calls take, where addresses may stand. */
export const operands = (i: Insn): readonly Operand[] => (i.op === 'mov' ? [i.src] : i.op === 'call' ? i.args : []);

export const definition = (i: Insn): Reg | null => (i.op === 'store' ? null : i.dst);

/** Has an effect besides its result. */
export function hasEffect(i: Insn, pureHelpers: ReadonlySet<string>): boolean {
  if (i.op === 'store' || i.op === 'atomic') return true;
  return i.op === 'call' && !pureHelpers.has(i.helper);
}

export interface Substitution {
  operand(o: Operand): Operand;
  value(v: Value): Value;
  base(b: Base): Base;
  reg(r: Reg): Reg;
}

/** The instruction with every operand it reads replaced; itself when nothing changed. */
export function substitute(i: Insn, s: Substitution): Insn {
  switch (i.op) {
    case 'mov': {
      const src = s.operand(i.src);
      return src === i.src ? i : { ...i, src };
    }
    case 'alu': {
      const left = s.value(i.left);
      const right = s.value(i.right);
      return left === i.left && right === i.right ? i : { ...i, left, right };
    }
    case 'unary': {
      const src = s.reg(i.src);
      return src === i.src ? i : { ...i, src };
    }
    case 'load': {
      const base = s.base(i.base);
      return base === i.base ? i : rebase(i, base);
    }
    case 'store': {
      const base = s.base(i.base);
      const src = s.value(i.src);
      return base === i.base && src === i.src ? i : rebase({ ...i, src }, base);
    }
    case 'atomic': {
      const base = s.base(i.base);
      const src = s.reg(i.src);
      return base === i.base && src === i.src ? i : rebase({ ...i, src }, base);
    }
    case 'call': {
      const args = replaced(i.args, s);
      return args === i.args ? i : { ...i, args };
    }
  }
}

function replaced(args: readonly Operand[], s: Substitution): readonly Operand[] {
  let out: Operand[] | null = null;
  for (let n = 0; n < args.length; n++) {
    const before = args[n] as Operand;
    const now = s.operand(before);
    if (now === before) continue;
    out ??= [...args];
    out[n] = now;
  }
  return out ?? args;
}

function rebase<T extends { readonly base: Base }>(i: T, base: Base): T {
  return { ...i, base };
}

export function substituteEnd(t: Terminator, s: Substitution): Terminator {
  if (t.op === 'branch') {
    const left = s.value(t.left);
    const right = s.value(t.right);
    return left === t.left && right === t.right ? t : { ...t, left, right };
  }
  if (t.op === 'return') {
    const value = s.value(t.value);
    return value === t.value ? t : { ...t, value };
  }
  return t;
}

export function successors(b: Block): readonly Block[] {
  if (b.end?.op === 'jump') return [b.end.to];
  if (b.end?.op === 'branch') return [b.end.then, b.end.else];
  return [];
}

/** Where each block is in a list, by its id. */
export function blockIndex(blocks: readonly Block[]): number[] {
  const index: number[] = [];
  blocks.forEach((b, n) => (index[b.id] = n));
  return index;
}
