/** The BPF side of unwinding: the instructions that walk a stack, and the maps that they walk it by. Pure. */
export { HASH_START, PROCESS, STACK, STACK_ENDS, StackEnd, stackEndsAt, WALK } from './layout.ts';
export type { UnwindMap } from './layout.ts';
export { unwindMapSpecs } from './map-specs.ts';
export type { UnwindMapsOptions } from './map-specs.ts';
export { makeWalker, WALKER_STACK } from './walker.ts';
export type { Walker, WalkerOptions } from './walker.ts';
