/** ELF files: symbols, build ids, USDT probes, where a name is. */
export { debugFileAdvice, openDebugFile } from './debug-file.ts';
export { ElfError, ElfFile } from './file.ts';
export type { Section, Segment } from './file.ts';
export { startsInstruction } from './instruction-start.ts';
export { parseLibraryCache } from './library-cache.ts';
export type { CachedLibrary } from './library-cache.ts';
export { globBudget, TooManyFiles } from './glob.ts';
export { resolveBinaries } from './resolve.ts';
export { ElfSymbols } from './symbols.ts';
export type { ElfSymbol, SymbolKind } from './symbols.ts';
export { readUsdt, splitArguments } from './usdt.ts';
export type { UsdtProbe } from './usdt.ts';
