/** Maps: create, read (one element, whole map, as memory), write, clear. */
export type { MapEntries } from './entries.ts';
export * from './list.ts';
export * from './map.ts';
export * from './spec.ts';
