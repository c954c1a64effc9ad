/** The engine: loads, attaches, samples and answers queries. */
export * from './port.ts';
