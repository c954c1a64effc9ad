/** Tracepoints: which there are, and what their records hold. */
export * from './events.ts';
export * from './format.ts';
