/** Units: the parts of .debug_info, one a source file as a rule (DWARF 5, section 7.5.1). */
import type { Abbreviations, Sizes } from './abbreviation.ts';
import { UNIT } from './constants.ts';
import { DwarfError } from './error.ts';
import type { DwarfSection } from './section.ts';

export interface UnitHeader extends Sizes {
  /** In the section; `end` is one past the last byte. */
  readonly start: number;
  readonly end: number;
  /** Of the first entry, from `start`. */
  readonly first: number;
  /** DW_UT_*; 0 before DWARF 5. */
  readonly kind: number;
  readonly abbreviations: number;
  /** Of a type unit: its signature and the entry of its type, from `start`. */
  readonly signature: bigint | null;
  readonly typeAt: number;
  /** Of skeletons and split units. */
  readonly dwoId: bigint | null;
}

/** The longest header: 64-bit DWARF 5 type unit. */
const HEADER = 48;
/** No compiler makes units of this size: a length that is damaged. */
const LARGEST_UNIT = 512 << 20;

/** `types`: in .debug_types of DWARF 4, whose units all have a signature. */
export const readUnitHeader = (section: DwarfSection, start: number, types = false): UnitHeader => {
  const bytes = section.some(start, HEADER);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 4;
  let length = view.getUint32(0, true);
  const wide = length === 0xffff_ffff;
  const offset = (): number => {
    at += wide ? 8 : 4;
    return wide ? Number(view.getBigUint64(at - 8, true)) : view.getUint32(at - 4, true);
  };
  if (wide) length = offset();
  const end = start + at + length;
  if (length > LARGEST_UNIT || end > section.size) throw new DwarfError('a unit reaches beyond its section');
  const version = view.getUint16(at, true);
  at += 2;
  if (version < 2 || version > 5) throw new DwarfError(`DWARF ${version}`);
  let kind = 0;
  let abbreviations: number;
  let addressSize: number;
  if (version >= 5) {
    kind = view.getUint8(at);
    addressSize = view.getUint8(at + 1);
    at += 2;
    abbreviations = offset();
  } else {
    abbreviations = offset();
    addressSize = view.getUint8(at++);
  }
  const hasType = types || kind === UNIT.type || kind === UNIT.split_type;
  const hasId = kind === UNIT.skeleton || kind === UNIT.split_compile;
  const id = hasType || hasId ? view.getBigUint64(at, true) : null;
  if (id !== null) at += 8;
  const typeAt = hasType ? offset() : 0;
  return {
    start,
    end,
    first: at,
    kind: types ? UNIT.type : kind,
    abbreviations,
    wide,
    addressSize,
    version,
    signature: hasType ? id : null,
    typeAt,
    dwoId: hasId ? id : null,
  };
};

/** A unit in memory. */
export interface UnitBytes {
  readonly bytes: Uint8Array;
  readonly abbreviations: Abbreviations;
}
