/** Programs: load, refuse with the verifier's words, measure, run once, list. */
export * from './btf-object.ts';
export * from './effort.ts';
export * from './info.ts';
export * from './patch.ts';
export { Program } from './program.ts';
export type { LoadOptions, ProgramSpec, TestRun } from './program.ts';
export * from './statistics.ts';
export * from './verifier-error.ts';
