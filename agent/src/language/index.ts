/** The language front end, free of Node imports: the browser editor runs this very code. */
export * from './action.ts';
export type * from './ast.ts';
export * from './attach.ts';
export * from './config.ts';
export * from './diagnostic.ts';
export type * from './hir.ts';
export * from './layout.ts';
export type * from './target.ts';
export * from './type-name.ts';
export * from './types.ts';
export * from './line-map.ts';
export * from './render.ts';
export * from './string-bytes.ts';
export { parse } from './parser/parse.ts';
export type { ParseResult } from './parser/parse.ts';
export type { ParseOptions } from './parser/cursor.ts';
