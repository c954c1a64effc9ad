/** A function's code: a number in a register, or an object written to memory. */
import type { HirExpr } from '../../language/hir.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import type { Memory } from '../lower/memory.ts';

export type Call = Extract<HirExpr, { kind: 'call' }>;

export interface FunctionRow {
  readonly value: (cx: Context, e: Call) => Value;
  readonly into: (cx: Context, e: Call, to: Memory) => void;
}

export const number = (value: (cx: Context, e: Call) => Value): FunctionRow => ({
  value,
  into: (_cx, e) => {
    throw new Error(`${e.name}() is a number`);
  },
});

export const object = (into: (cx: Context, e: Call, to: Memory) => void): FunctionRow => ({
  value: (_cx, e) => {
    throw new Error(`${e.name}() is an object`);
  },
  into,
});

export type FunctionTable = Readonly<Record<string, FunctionRow>>;

export function arg(e: Call, n: number): HirExpr {
  const found = e.args[n];
  if (found === undefined) throw new Error(`${e.name}() has no argument ${n}`);
  return found;
}
