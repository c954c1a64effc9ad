/** The kernel's symbols: which function an address is in, where a function is. */
export { KernelSymbols } from './symbols.ts';
export type { KernelSymbol } from './symbols.ts';
