/**
 * Stacks of programs that were built without frame pointers: what .eh_frame says of a binary as a table, the tables in BPF
 * maps, and the BPF instructions that walk a stack by them.
 */
export { HASH_START, PROCESS, STACK, StackEnd, WALK } from './layout.ts';
export type { UnwindMap } from './layout.ts';
export { UnwindMaps, unwindMapSpecs } from './maps.ts';
export type { Covered, NoTable, UnwindMapsOptions } from './maps.ts';
export { Cfa, Saved } from './rule.ts';
export type { UnwindRule } from './rule.ts';
export { UnwindTable } from './table.ts';
export { makeWalker, WALKER_STACK } from './walker.ts';
export type { Walker, WalkerOptions } from './walker.ts';
