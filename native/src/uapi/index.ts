/** The kernel's numbers under the kernel's names. Pure tables. */
export * from './attach-type.ts';
export * from './command.ts';
export * from './errno.ts';
export * from './flags.ts';
export * from './helpers.ts';
export * from './link-type.ts';
export * from './map-type.ts';
export * from './perf.ts';
export * from './prog-type.ts';
export * from './signals.ts';
export * from './syscalls.ts';
