/** This host as a compile target. */
export { TypeConverter } from './btf-types.ts';
export * from './kernel-btf.ts';
export * from './live-target.ts';
export * from './tracepoints.ts';
export * from './user-functions.ts';
export * from './mapped-files.ts';
