/** Values as DWARF writes them: getting over one, and reading one. */
import { fixedSize } from './abbreviation.ts';
import type { Sizes } from './abbreviation.ts';
import { FORM } from './constants.ts';
import { DwarfError } from './error.ts';
import type { DwarfReader } from './reader.ts';

const LEBS: ReadonlySet<number> = new Set([
  FORM.sdata,
  FORM.udata,
  FORM.ref_udata,
  FORM.strx,
  FORM.addrx,
  FORM.loclistx,
  FORM.rnglistx,
  FORM.GNU_addr_index,
  FORM.GNU_str_index,
]);

const skipLeb = (reader: DwarfReader): void => {
  while (reader.u8() >= 0x80);
};

const blockLength = (reader: DwarfReader, form: number): number => {
  if (form === FORM.block1) return reader.u8();
  if (form === FORM.block2) return reader.u16();
  return form === FORM.block4 ? reader.u32() : reader.uleb();
};

const BLOCKS: ReadonlySet<number> = new Set([FORM.block, FORM.block1, FORM.block2, FORM.block4, FORM.exprloc]);

/** Goes over a value. Throws DwarfError for a form that we do not know, since nothing after it can be read. */
export const skipForm = (reader: DwarfReader, form: number, sizes: Sizes): void => {
  const size = fixedSize(form, sizes);
  if (size !== null) reader.at += size;
  else if (LEBS.has(form)) skipLeb(reader);
  else if (BLOCKS.has(form)) {
    const length = blockLength(reader, form);
    reader.at += length;
  } else if (form === FORM.string) reader.skipText();
  else if (form === FORM.indirect) skipForm(reader, reader.uleb(), sizes);
  else throw new DwarfError(`form 0x${form.toString(16)}`);
};

/** A value: a number as it is written (an offset, an index, a constant), or where its bytes are. */
export interface FormValue {
  readonly form: number;
  /** For blocks and texts the place of their first byte. */
  readonly value: number;
  /** Bytes of a block. */
  readonly length: number;
  /** Where a double does not hold the number: signatures, and constants of 8 bytes. */
  readonly exact?: bigint;
}

/** Reads a value and goes over it. */
export const readForm = (reader: DwarfReader, form: number, implicit: number, sizes: Sizes): FormValue => {
  if (form === FORM.indirect) return readForm(reader, reader.uleb(), implicit, sizes);
  if (form === FORM.implicit_const) return { form, value: implicit, length: 0 };
  if (form === FORM.flag_present) return { form, value: 1, length: 0 };
  if (form === FORM.sdata) return { form, value: reader.sleb(), length: 0 };
  if (LEBS.has(form)) return { form, value: reader.uleb(), length: 0 };
  if (BLOCKS.has(form)) {
    const length = blockLength(reader, form);
    reader.at += length;
    return { form, value: reader.at - length, length };
  }
  if (form === FORM.string) {
    const value = reader.at;
    reader.skipText();
    return { form, value, length: 0 };
  }
  const size = fixedSize(form, sizes);
  if (size === null) throw new DwarfError(`form 0x${form.toString(16)}`);
  if (form === FORM.ref_sig8 || form === FORM.data8) {
    const exact = reader.big();
    return { form, value: Number(exact), length: size, exact };
  }
  return { form, value: reader.uint(size), length: size };
};
