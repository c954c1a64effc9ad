/** Unwinding without frame pointers: what .eh_frame says of a binary, as a table that is searched by address. */
export { Cfa, Saved } from './rule.ts';
export type { UnwindRule } from './rule.ts';
export { UnwindTable } from './table.ts';
