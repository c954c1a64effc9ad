/** The engine: loads, attaches, samples and answers queries. */
export * from './port.ts';
export { Engine } from './engine.ts';
export { hostTarget } from './host-target.ts';
export { loadQuery, QueryRefused } from './load.ts';
export { UnwindProcesses } from './unwind-processes.ts';
