/** What the browser and the backend share: query model, settings and the mapping from the agent's answers to frames. */
export * from './frame.ts';
export * from './query.ts';
export * from './settings.ts';
export * from './mapping.ts';
export { formatBound, formatRange } from './unit.ts';
export { quantile } from './histogram.ts';
