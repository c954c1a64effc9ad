/** Attaching programs. One file for each thing that a program can be attached to; whatever is returned is closed to detach. */
export * from './counter.ts';
export * from './cpu-links.ts';
export * from './iter.ts';
export * from './kprobe.ts';
export * from './kprobe-multi.ts';
export { Link } from './link.ts';
export type { AttachableProgram, AttachOptions } from './link.ts';
export * from './raw-tracepoint.ts';
export { refusalMeaning } from './refusal.ts';
export * from './timer.ts';
export * from './tracepoint.ts';
export * from './tracing.ts';
export * from './uprobe.ts';
export * from './uprobe-multi.ts';
export * from './watchpoint.ts';
