/** What this kernel can do, found out by trying. */
export type { Feature } from './feature.ts';
export { findBtfIds } from './btf-ids.ts';
export * from './probe.ts';
