/** From query text and target facts to maps, programs and decoding tables. */
export type * from './program.ts';
