/** BTF: the kernel's type information. Pure. */
export { Btf, BtfFormatError } from './btf.ts';
export * from './kind.ts';
export type { BtfMember, BtfType } from './type.ts';
export { programBtf } from './program-btf.ts';
export type { ProgramBtf } from './program-btf.ts';
