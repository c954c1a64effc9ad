/** Debugging information of binaries (DWARF 2 to 5): parameters of functions, types, inlined calls, source lines. */
export { DebugInfoCache, debugInfos } from './cache.ts';
export { DebugInfo } from './debug-info.ts';
export type { SourceFrame } from './debug-info.ts';
export type { FunctionInfo, Parameter } from './function.ts';
export type { Place } from './calling-convention.ts';
export { lineAddresses, lineOffsets } from './line-table.ts';
export type { SourceLine } from './line-rows.ts';
export type { TypeTag } from './named-type.ts';
export type { DwarfMember, DwarfStruct, DwarfType } from './type.ts';
