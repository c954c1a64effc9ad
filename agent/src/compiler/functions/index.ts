/** All functions computed in the kernel, by name: a new one is one row. */
import { NUMBERS } from './numbers.ts';
import type { Context } from '../lower/context.ts';
import { GLOB } from './glob.ts';
import { JOINS } from './join.ts';
import { NAMES } from './names.ts';
import { PATHS } from './path.ts';
import { PER_CPU } from './per-cpu.ts';
import { PROCESSES } from './processes.ts';
import type { Call, FunctionRow } from './row.ts';
import { SEARCH } from './search.ts';
import { STACKS } from './stacks.ts';
import { STRINGS } from './strings.ts';
import { SYMBOLS } from './symbols.ts';

const ROWS = new Map<string, FunctionRow>(
  Object.entries({
    ...STRINGS,
    ...JOINS,
    ...NAMES,
    ...PROCESSES,
    ...PATHS,
    ...PER_CPU,
    ...SEARCH,
    ...GLOB,
    ...STACKS,
    ...SYMBOLS,
    ...NUMBERS,
  }),
);

export function kernelFunction(name: string): FunctionRow {
  return ROWS.get(name) ?? UNSUPPORTED;
}

/** Known to the checker, without code here: said as an error of the query. */
const UNSUPPORTED: FunctionRow = {
  value: (cx, e) => {
    refuse(cx, e);
    return 0n;
  },
  into: refuse,
};

function refuse(cx: Context, e: Call): void {
  cx.module.diagnostics.error('unsupported', e.span, `${e.name}() is not supported yet.`);
}
