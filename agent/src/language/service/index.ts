/** What an editor asks of the language: pure, runs in the browser. */
export { tokens } from './tokens.ts';
export type { ClassifiedToken, TokenClass } from './tokens.ts';
