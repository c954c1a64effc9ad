/** All functions computed in the kernel, by name: a new one is one row. */
import { NUMBERS } from './numbers.ts';
import type { FunctionRow } from './row.ts';
import { STACKS } from './stacks.ts';
import { STRINGS } from './strings.ts';
import { SYMBOLS } from './symbols.ts';

const ROWS = new Map<string, FunctionRow>(Object.entries({ ...STRINGS, ...STACKS, ...SYMBOLS, ...NUMBERS }));

export function kernelFunction(name: string): FunctionRow {
  const row = ROWS.get(name);
  if (row === undefined) throw new Error(`function ${name} has no code`);
  return row;
}
