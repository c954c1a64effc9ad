/** All builtins by name: a new one is one row. */
import type { Context } from '../lower/context.ts';
import type { Builtin, BuiltinRow } from './row.ts';
import { argumentRow, SITE } from './site.ts';
import { TASK } from './task.ts';
import { TIME } from './time.ts';

const ROWS = new Map<string, BuiltinRow>(Object.entries({ ...TASK, ...TIME, ...SITE }));

export function builtin(name: string): BuiltinRow {
  const row = ROWS.get(name) ?? argumentRow(name);
  return row ?? UNSUPPORTED;
}

/** Known to the checker, without code here yet: said as an error of the query. */
const UNSUPPORTED: BuiltinRow = {
  value: (cx, e) => {
    refuse(cx, e);
    return 0n;
  },
  into: refuse,
};

function refuse(cx: Context, e: Builtin): void {
  cx.module.diagnostics.error('unsupported', e.span, `${e.name} is not supported yet.`);
}
