/** Names for addresses of user processes: ELF symbols, debug files, JIT maps, the vDSO. */
export { Binary } from './binary.ts';
export { demangle } from './demangle.ts';
export { LruCache } from './lru.ts';
export { PerfMap, PerfMapFile } from './perf-map.ts';
export { UserSymbols } from './user-symbols.ts';
export type { Unnamed, UserFrame, UserSymbol, UserSymbolsOptions } from './user-symbols.ts';
export { readSymbolTables } from './tables.ts';
export type { SymbolTables } from './tables.ts';
export { decompressXz } from './xz.ts';
