/** The HTTP contract between the agent and its clients, as TypeBox schemas and the types derived from them. */
export * from './answer.ts';
export * from './catalog.ts';
export * from './request.ts';
export * from './run.ts';
