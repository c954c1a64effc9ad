/** Which unit an address belongs to: .debug_aranges, and for units that are not in it what they say themselves. */
import { TAG, UNIT } from './constants.ts';
import { isDamage } from './error.ts';
import type { DwarfFile } from './file.ts';
import { DwarfReader } from './reader.ts';
import { sortByKey } from '../elf/radix.ts';

/** Ranges that are kept, 24 bytes each. */
const MOST = 1 << 20;
const CHUNK = 1 << 20;

export class AddressIndex {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #units: Float64Array;

  constructor(file: DwarfFile) {
    const found = new Collected();
    const listed = readAranges(file, found);
    for (const start of file.unitStarts()) if (!listed.has(start)) readUnit(file, start, found);
    const order = sortByKey(Float64Array.from(found.starts), found.starts.length);
    const column = (values: readonly number[]): Float64Array =>
      Float64Array.from({ length: order.length }, (_, i) => values[order[i] ?? 0] ?? 0);
    this.#starts = column(found.starts);
    this.#ends = column(found.ends);
    this.#units = column(found.units);
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#starts.length * 24;
  }

  /** Starts of the units that may have the address, the likeliest first. */
  find(address: number): number[] {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const units: number[] = [];
    // Ranges of different units may overlap where a linker folded functions.
    for (let at = low - 1, tries = 0; at >= 0 && tries < 8; at--, tries++) {
      const unit = this.#units[at] ?? 0;
      if (address < (this.#ends[at] ?? 0) && !units.includes(unit)) units.push(unit);
    }
    return units;
  }
}

class Collected {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly units: number[] = [];

  add(start: number, end: number, unit: number): void {
    if (start <= 1 || end <= start || this.starts.length >= MOST) return;
    this.starts.push(start);
    this.ends.push(end);
    this.units.push(unit);
  }
}

/** Adds what the table lists; the units that are in it. */
const readAranges = (file: DwarfFile, found: Collected): ReadonlySet<number> => {
  const listed = new Set<number>();
  const section = file.section('aranges');
  try {
    for (let at = 0; at + 12 < section.size;) {
      let length = section.uint(at, 4);
      const wide = length === 0xffff_ffff;
      if (wide) length = section.uint(at + 4, 8);
      const head = at + (wide ? 12 : 4);
      const unit = section.uint(head + 2, wide ? 8 : 4);
      const size = section.uint(head + (wide ? 10 : 6), 1);
      const end = head + length;
      if (end > section.size || (size !== 8 && size !== 4)) break;
      const tuple = size * 2;
      // Tuples are aligned to their size, from the start of the set.
      const first = at + Math.ceil((head + (wide ? 12 : 8) - at) / tuple) * tuple;
      for (let part = first; part + tuple <= end; part += CHUNK) {
        const reader = new DwarfReader(section.bytes(part, Math.min(CHUNK, Math.floor((end - part) / tuple) * tuple)));
        while (reader.at + tuple <= reader.bytes.length) {
          const start = reader.uint(size);
          found.add(start, start + reader.uint(size), unit);
        }
      }
      listed.add(unit);
      at = end;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return listed;
};

/** Kinds of units that have no code. */
const NO_CODE: ReadonlySet<number> = new Set([UNIT.type, UNIT.split_type]);

const readUnit = (file: DwarfFile, start: number, found: Collected): void => {
  try {
    const header = file.header(start);
    if (NO_CODE.has(header.kind)) return;
    const unit = file.rootOnly(header);
    const { root } = unit;
    if (root.tag === TAG.partial_unit) return;
    for (const range of unit.ranges(root)) found.add(range.start, range.end, start);
  } catch (error) {
    // A damaged unit; the others are not.
    if (!isDamage(error)) throw error;
  }
};
