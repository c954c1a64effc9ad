/** All builtins by name: a new one is one row. */
import type { BuiltinRow } from './row.ts';
import { argumentRow, SITE } from './site.ts';
import { TASK } from './task.ts';
import { TIME } from './time.ts';

const ROWS = new Map<string, BuiltinRow>(Object.entries({ ...TASK, ...TIME, ...SITE }));

export function builtin(name: string): BuiltinRow {
  const row = ROWS.get(name) ?? argumentRow(name);
  if (row === undefined) throw new Error(`builtin ${name} has no code`);
  return row;
}
