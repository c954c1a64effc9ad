/** The one door to the kernel: system calls, errors, ownership of descriptors and mappings, C structs. */
export * from './bpf.ts';
export * from './error.ts';
export * from './handle.ts';
export * from './kernel.ts';
export { provideKoffi } from './koffi.ts';
export type { Koffi } from './koffi.ts';
export * from './layout.ts';
export * from './mapping.ts';
export * from './object-info.ts';
export * from './path.ts';
export * from './text.ts';
