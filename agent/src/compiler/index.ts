/** From query text and target facts to maps, programs and decoding tables. */
export type * from './program.ts';
export * from './back-end.ts';
export * from './compile.ts';
export * from './verifier-message.ts';
