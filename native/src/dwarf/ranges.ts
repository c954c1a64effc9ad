/** Lists of address ranges: .debug_ranges up to DWARF 4, .debug_rnglists since 5 (section 2.17.3). */
import type { Unit } from './compilation.ts';
import { AT, FORM } from './constants.ts';
import { DwarfError } from './error.ts';
import type { FormValue } from './form.ts';
import { DwarfReader } from './reader.ts';
import type { DwarfSection } from './section.ts';

/** `[start, end)`, addresses of the ELF file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** DW_RLE_*. */
const END = 0;
const BASE_INDEX = 1;
const START_END_INDEX = 2;
const START_INDEX_LENGTH = 3;
const OFFSET_PAIR = 4;
const BASE = 5;
const START_END = 6;
const START_LENGTH = 7;

/** Of one entry; optimisers scatter a function over some dozens. */
const MOST = 1 << 14;
const LONGEST = 1 << 20;
const ALL_ONES = [2 ** 32 - 1, 2 ** 64];

export const readRanges = (unit: Unit, list: FormValue): readonly Range[] => {
  const { section, offset, read } = unit.header.version >= 5 ? placeOf(unit, list) : oldPlaceOf(unit, list.value);
  try {
    return read(unit, new DwarfReader(section.from(offset)));
  } catch (error) {
    if (!(error instanceof RangeError) || offset + LONGEST >= section.size) throw error;
    return read(unit, new DwarfReader(section.some(offset, LONGEST)));
  }
};

interface ListPlace {
  readonly section: DwarfSection;
  readonly offset: number;
  readonly read: (unit: Unit, reader: DwarfReader) => Range[];
}

const add = (ranges: Range[], start: number, end: number): void => {
  if (ranges.length >= MOST) throw new DwarfError('a range list without an end');
  // The linker leaves 0 or 1 where it has thrown the code away.
  if (end > start && start > 1) ranges.push({ start, end });
};

const placeOf = (unit: Unit, { form, value }: FormValue): ListPlace => {
  const section = unit.file.section('rnglists');
  if (form !== FORM.rnglistx) return { section, offset: value, read: readList };
  const size = unit.header.wide ? 8 : 4;
  const base = unit.rangeListsBase;
  return { section, offset: base + section.uint(base + value * size, size), read: readList };
};

const readList = (unit: Unit, reader: DwarfReader): Range[] => {
  const { addressSize } = unit.header;
  const address = (): number => reader.uint(addressSize);
  const indexed = (): number => unit.indexedAddress(reader.uleb());
  const ranges: Range[] = [];
  let { base } = unit;
  for (;;) {
    const kind = reader.u8();
    if (kind === END) return ranges;
    if (kind === BASE_INDEX) base = indexed();
    else if (kind === BASE) base = address();
    else if (kind === OFFSET_PAIR) add(ranges, base + reader.uleb(), base + reader.uleb());
    else if (kind === START_END) add(ranges, address(), address());
    else if (kind === START_END_INDEX) add(ranges, indexed(), indexed());
    else if (kind === START_LENGTH || kind === START_INDEX_LENGTH) {
      const start = kind === START_LENGTH ? address() : indexed();
      add(ranges, start, start + reader.uleb());
    } else throw new DwarfError(`range entry ${kind}`);
  }
};

const oldPlaceOf = (unit: Unit, value: number): ListPlace => {
  const { skeleton } = unit;
  // A split unit counts from what its skeleton says.
  const offset = skeleton === null ? value : value + (skeleton.root.value(AT.GNU_ranges_base)?.value ?? 0);
  return { section: (skeleton ?? unit).file.section('ranges'), offset, read: readOldList };
};

const readOldList = (unit: Unit, reader: DwarfReader): Range[] => {
  const { addressSize } = unit.header;
  const ranges: Range[] = [];
  let { base } = unit;
  for (;;) {
    const start = reader.uint(addressSize);
    const end = reader.uint(addressSize);
    if (start === 0 && end === 0) return ranges;
    if (ALL_ONES.includes(start)) base = end;
    else add(ranges, base + start, base + end);
  }
};
