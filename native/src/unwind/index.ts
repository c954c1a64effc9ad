/**
 * Stacks of programs that were built without frame pointers: what .eh_frame says of a binary as a table, and the tables in
 * BPF maps, by processes. `walk` has the instructions that walk a stack by them.
 */
export { UnwindMaps } from './maps.ts';
export type { Covered, NoTable } from './maps.ts';
export { Cfa, Saved } from './rule.ts';
export type { UnwindRule } from './rule.ts';
export { UnwindTable } from './table.ts';
