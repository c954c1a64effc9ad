/** Abbreviations: which attributes a kind of entry has, and how each is written (DWARF 5, section 7.5.3). */
import { AT, FORM } from './constants.ts';
import { DwarfError } from './error.ts';
import { DwarfReader } from './reader.ts';
import type { DwarfSection } from './section.ts';

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly number[];
  readonly forms: readonly number[];
  /** Values of implicit constants, by index. */
  readonly implicit: readonly number[];
  /** How to get over an entry: bytes where the number is positive, a form of changing length where it is negative. */
  readonly steps: readonly number[];
  /** Index of DW_AT_sibling, or -1. */
  readonly sibling: number;
}

/** By code; codes are small and dense. */
export type Abbreviations = ReadonlyMap<number, Abbreviation>;

export interface Sizes {
  readonly wide: boolean;
  readonly addressSize: number;
  readonly version: number;
}

const FIXED: Readonly<Record<number, number>> = {
  [FORM.data1]: 1,
  [FORM.data2]: 2,
  [FORM.data4]: 4,
  [FORM.data8]: 8,
  [FORM.data16]: 16,
  [FORM.flag]: 1,
  [FORM.flag_present]: 0,
  [FORM.implicit_const]: 0,
  [FORM.ref1]: 1,
  [FORM.ref2]: 2,
  [FORM.ref4]: 4,
  [FORM.ref8]: 8,
  [FORM.ref_sig8]: 8,
  [FORM.ref_sup4]: 4,
  [FORM.ref_sup8]: 8,
  [FORM.strx1]: 1,
  [FORM.strx2]: 2,
  [FORM.strx3]: 3,
  [FORM.strx4]: 4,
  [FORM.addrx1]: 1,
  [FORM.addrx2]: 2,
  [FORM.addrx3]: 3,
  [FORM.addrx4]: 4,
};

const OFFSETS: ReadonlySet<number> = new Set([
  FORM.strp,
  FORM.line_strp,
  FORM.strp_sup,
  FORM.sec_offset,
  FORM.GNU_ref_alt,
  FORM.GNU_strp_alt,
]);

/** Bytes of a form; null when they depend on the value. */
export const fixedSize = (form: number, { wide, addressSize, version }: Sizes): number | null => {
  const size = FIXED[form];
  if (size !== undefined) return size;
  if (OFFSETS.has(form)) return wide ? 8 : 4;
  if (form === FORM.addr) return addressSize;
  // An offset since DWARF 3, an address before.
  if (form === FORM.ref_addr) return version < 3 ? addressSize : wide ? 8 : 4;
  return null;
};

const stepsOf = (forms: readonly number[], sizes: Sizes): number[] => {
  const steps: number[] = [];
  for (const form of forms) {
    const size = fixedSize(form, sizes);
    const last = steps.at(-1);
    if (size === null) steps.push(-form);
    else if (size > 0 && last !== undefined && last > 0) steps[steps.length - 1] = last + size;
    else if (size > 0) steps.push(size);
  }
  return steps;
};

const FIRST_READ = 1 << 14;

/** The table at an offset of .debug_abbrev, up to its end, or up to one code when only that is wanted. */
export const readAbbreviations = (section: DwarfSection, offset: number, sizes: Sizes, only = 0): Abbreviations => {
  if (offset > section.size) throw new DwarfError('abbreviations are missing');
  // How long the table is shows only at its end.
  for (let length = only === 0 ? FIRST_READ : 256; ; length *= 8) {
    try {
      return parse(section.some(offset, length), sizes, only);
    } catch (error) {
      if (!(error instanceof RangeError) || offset + length >= section.size) throw error;
    }
  }
};

const parse = (bytes: Uint8Array, sizes: Sizes, only: number): Abbreviations => {
  const reader = new DwarfReader(bytes);
  const table = new Map<number, Abbreviation>();
  for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    const attributes: number[] = [];
    const forms: number[] = [];
    const implicit: number[] = [];
    for (;;) {
      const attribute = reader.uleb();
      const form = reader.uleb();
      const value = form === FORM.implicit_const ? reader.sleb() : 0;
      if (attribute === 0 && form === 0) break;
      attributes.push(attribute);
      forms.push(form);
      implicit.push(value);
    }
    const steps = stepsOf(forms, sizes);
    table.set(code, {
      tag,
      hasChildren,
      attributes,
      forms,
      implicit,
      steps,
      sibling: attributes.indexOf(AT.sibling),
    });
    if (code === only) break;
  }
  return table;
};
