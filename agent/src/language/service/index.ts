/** What an editor asks of the language: pure, runs in the browser. Offsets are UTF-16, as everywhere. */
export { complete } from './completion.ts';
export type { Completion, CompletionKind, Completions } from './completion.ts';
export { NO_FACTS } from './facts.ts';
export type { Facts, FieldFact } from './facts.ts';
export { hover, signatureAt } from './hover.ts';
export type { Hover, Signature } from './hover.ts';
export { definition, foldingRanges, symbols } from './navigation.ts';
export type { DocumentSymbol, FoldingRange } from './navigation.ts';
export { oldSpellings } from './spellings.ts';
export { tokens } from './tokens.ts';
export type { ClassifiedToken, TokenClass } from './tokens.ts';
