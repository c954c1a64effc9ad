/** A builtin's code: a number in a register, or an object written to memory. */
import type { HirExpr } from '../../language/hir.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from '../lower/context.ts';
import type { Memory } from '../lower/memory.ts';

export type Builtin = Extract<HirExpr, { kind: 'builtin' }>;

export interface BuiltinRow {
  readonly value: (cx: Context, e: Builtin) => Value;
  readonly into: (cx: Context, e: Builtin, to: Memory) => void;
  /** Where the object is already; null: it has to be made. */
  readonly place?: (cx: Context, e: Builtin) => Memory | null;
}

export const number = (value: (cx: Context, e: Builtin) => Value): BuiltinRow => ({
  value,
  into: (_cx, e) => {
    throw new Error(`${e.name} is a number`);
  },
});

export const object = (into: (cx: Context, e: Builtin, to: Memory) => void): BuiltinRow => ({
  value: (_cx, e) => {
    throw new Error(`${e.name} is an object`);
  },
  into,
});

export type BuiltinTable = Readonly<Record<string, BuiltinRow>>;
