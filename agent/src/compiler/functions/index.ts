/** All functions computed in the kernel, by name: a new one is one row. */
import { NUMBERS } from './numbers.ts';
import type { Context } from '../lower/context.ts';
import { JOINS } from './join.ts';
import { NAMES } from './names.ts';
import type { Call, FunctionRow } from './row.ts';
import { SEARCH } from './search.ts';
import { STACKS } from './stacks.ts';
import { STRINGS } from './strings.ts';
import { SYMBOLS } from './symbols.ts';

const ROWS = new Map<string, FunctionRow>(
  Object.entries({ ...STRINGS, ...JOINS, ...NAMES, ...SEARCH, ...STACKS, ...SYMBOLS, ...NUMBERS }),
);

export function kernelFunction(name: string): FunctionRow {
  return ROWS.get(name) ?? UNSUPPORTED;
}

/** Known to the checker, without code here yet: said as an error of the query. */
const UNSUPPORTED: FunctionRow = {
  value: (cx, e) => {
    refuse(cx, e);
    return 0n;
  },
  into: refuse,
};

/** What it would take, and what does the same today. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint?: string]>> = {
  comm: [
    'it needs the kernel function bpf_task_from_pid (Linux 6.2)',
    'comm without arguments names the current task.',
  ],
  len: ['of a stack it needs the frames, and stacks are ids until they are printed'],
  path: ['it needs bpf_d_path, which few kernel functions may call', 'Use the name: f_path.dentry->d_name.name.'],
  percpu_kaddr: ['it needs bpf_per_cpu_ptr and kernel variables by BTF (Linux 5.10)'],
};

function refuse(cx: Context, e: Call): void {
  const [reason, hint] = REASONS[e.name] ?? [];
  const why = reason === undefined ? '.' : `: ${reason}.`;
  cx.module.diagnostics.error('unsupported', e.span, `${e.name}() is not supported yet${why}`, hint);
}
