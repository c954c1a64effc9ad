/** .eh_frame: which functions there are and the programs that say where their callers' registers are (LSB, DWARF 5 6.4). */
import { DwarfReader } from '../dwarf/reader.ts';

/** What functions share. */
export interface CommonEntry {
  readonly codeAlign: number;
  readonly dataAlign: number;
  /** Column of the return address: 16 on x86-64, 30 on arm64. */
  readonly returnColumn: number;
  /** DW_EH_PE_*, of addresses in the functions' entries. */
  readonly encoding: number;
  readonly augmented: boolean;
  /** The frame of a signal handler. */
  readonly signal: boolean;
  /** Bytes [start, end) of the section. */
  readonly start: number;
  readonly end: number;
}

export interface FunctionEntry {
  readonly common: CommonEntry;
  readonly address: number;
  readonly size: number;
  /** Its program: bytes [start, end) of the section. */
  readonly start: number;
  readonly end: number;
}

const OMIT = 0xff;
const INDIRECT = 0x80;
/** The low four bits of an encoding. */
const FORMAT: Readonly<Record<number, (reader: DwarfReader) => number>> = {
  0x0: (reader) => reader.u64(),
  0x1: (reader) => reader.uleb(),
  0x2: (reader) => reader.u16(),
  0x3: (reader) => reader.u32(),
  0x4: (reader) => reader.u64(),
  0x9: (reader) => reader.sleb(),
  0xa: (reader) => (reader.u16() << 16) >> 16,
  0xb: (reader) => reader.u32() | 0,
  0xc: (reader) => Number(BigInt.asIntN(64, reader.big())),
};
const ABSOLUTE = 0x00;
const PC_RELATIVE = 0x10;

/** A value that an encoding describes; null for what needs the running process. */
const readEncoded = (reader: DwarfReader, encoding: number, sectionAddress: number): number | null => {
  const here = sectionAddress + reader.at;
  const value = FORMAT[encoding & 0x0f]?.(reader);
  if (value === undefined || (encoding & INDIRECT) !== 0) return null;
  const base = encoding & 0x70;
  return base === ABSOLUTE ? value : base === PC_RELATIVE ? here + value : null;
};

/** `at`: behind the id. Null for versions and augmentations that we do not know. */
const readCommon = (bytes: Uint8Array, at: number, end: number, sectionAddress: number): CommonEntry | null => {
  const reader = new DwarfReader(bytes, at);
  const version = reader.u8();
  if (version !== 1 && version !== 3) return null;
  const augmentation = reader.text();
  const codeAlign = reader.uleb();
  const dataAlign = reader.sleb();
  const returnColumn = version === 1 ? reader.u8() : reader.uleb();
  const common = { codeAlign, dataAlign, returnColumn, encoding: ABSOLUTE, augmented: false, signal: false, end };
  if (augmentation === '') return { ...common, start: reader.at };
  if (!augmentation.startsWith('z')) return null;
  const length = reader.uleb();
  const start = reader.at + length;
  let encoding: number = ABSOLUTE;
  for (const letter of augmentation.slice(1)) {
    if (letter === 'R') encoding = reader.u8();
    else if (letter === 'L') reader.u8();
    else if (letter === 'P') readEncoded(reader, reader.u8(), sectionAddress);
    else if (letter !== 'S' && letter !== 'B' && letter !== 'G') break;
  }
  if (start > end || encoding === OMIT) return null;
  return { ...common, encoding, augmented: true, signal: augmentation.includes('S'), start };
};

/**
 * The functions of a section in its order. `sectionAddress`: where it is loaded. Entries that we cannot read are left out;
 * ends where the section is damaged. Throws nothing.
 */
export function* readFrames(bytes: Uint8Array, sectionAddress: number): Generator<FunctionEntry> {
  const commons = new Map<number, CommonEntry | null>();
  const reader = new DwarfReader(bytes);
  const commonAt = (offset: number): CommonEntry | null => {
    let known = commons.get(offset);
    if (known === undefined) {
      known = readCommonAt(bytes, offset, sectionAddress);
      commons.set(offset, known);
    }
    return known;
  };
  while (reader.at + 4 <= bytes.length) {
    const entry = readEntry(reader, bytes.length);
    if (entry === null) return;
    const { idAt, id, end } = entry;
    if (id !== 0) {
      const common = commonAt(idAt - id);
      const one = common === null ? null : readFunction(reader, common, end, sectionAddress);
      if (one !== null) yield one;
    }
    reader.at = end;
  }
}

/** An entry's head; null at the section's terminator, or where it is damaged. The reader stands behind the id. */
const readEntry = (reader: DwarfReader, limit: number): { idAt: number; id: number; end: number } | null => {
  if (reader.at + 8 > limit) return null;
  let length = reader.u32();
  if (length === 0xffff_ffff && reader.at + 12 <= limit) length = reader.u64();
  const idAt = reader.at;
  const end = idAt + length;
  if (length < 4 || end > limit) return null;
  return { idAt, id: reader.u32(), end };
};

const readCommonAt = (bytes: Uint8Array, offset: number, sectionAddress: number): CommonEntry | null => {
  if (offset < 0 || offset + 8 > bytes.length) return null;
  const reader = new DwarfReader(bytes, offset);
  const entry = readEntry(reader, bytes.length);
  if (entry === null || entry.id !== 0) return null;
  return whole(() => readCommon(bytes, reader.at, entry.end, sectionAddress));
};

const readFunction = (
  reader: DwarfReader,
  common: CommonEntry,
  end: number,
  sectionAddress: number,
): FunctionEntry | null =>
  whole(() => {
    const address = readEncoded(reader, common.encoding, sectionAddress);
    const size = readEncoded(reader, common.encoding & 0x0f, sectionAddress);
    if (address === null || size === null || address < 0 || size <= 0) return null;
    // The length first: an argument of += is read before the right side moves the place.
    if (common.augmented) {
      const length = reader.uleb();
      reader.at += length;
    }
    return reader.at > end ? null : { common, address, size, start: reader.at, end };
  });

/** null where the bytes end early. */
const whole = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};
