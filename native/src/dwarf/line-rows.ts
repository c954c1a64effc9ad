/** From addresses to source lines, for one unit. */
import { sortByKey } from '../elf/radix.ts';
import { readLineHeader, runLineProgram } from './line-program.ts';
import type { LineHeader, LineTexts } from './line-program.ts';
import { lineUnit } from './line-table.ts';
import { DwarfReader } from './reader.ts';
import type { DwarfSection } from './section.ts';

export interface SourceLine {
  /** As the compiler wrote it: absolute, or relative to the folder of the compilation. */
  readonly file: string;
  readonly line: number;
}

/** Rows of one unit; damaged tables end here. */
const MOST_ROWS = 1 << 22;
/** Stands for the end of a sequence: no line. */
const NO_LINE = 0;

export class LineRows {
  readonly #files: readonly string[];
  readonly #addresses: Float64Array;
  readonly #fileOf: Uint16Array;
  readonly #lines: Uint32Array;

  /** The table at an offset of .debug_line. Throws DwarfError or RangeError when it is damaged. */
  constructor(section: DwarfSection, offset: number, texts: LineTexts) {
    const { start, end, wide } = lineUnit(section, offset);
    const reader = new DwarfReader(section.bytes(start, end - start));
    const header: LineHeader = readLineHeader(reader, wide, end - start, texts);
    const addresses: number[] = [];
    const files: number[] = [];
    const lines: number[] = [];
    const row = (address: number, file: number, line: number): void => {
      if (addresses.length >= MOST_ROWS) throw new RangeError('a line table without an end');
      addresses.push(address);
      files.push(file);
      lines.push(line);
    };
    if (header.lineRange > 0) runLineProgram(reader, header, row, (address) => row(address, 0, NO_LINE));
    this.#files = header.files;
    const order = sortByKey(Float64Array.from(addresses), addresses.length);
    this.#addresses = Float64Array.from(order, (index) => addresses[index] ?? 0);
    this.#fileOf = Uint16Array.from(order, (index) => files[index] ?? 0);
    this.#lines = Uint32Array.from(order, (index) => lines[index] ?? 0);
  }

  /** Bytes held, about. */
  get bytes(): number {
    return this.#lines.length * 14 + this.#files.length * 80;
  }

  /** Full path by the number that entries of the unit use; '' for none. */
  file(index: number): string {
    return this.#files[index] ?? '';
  }

  at(address: number): SourceLine | null {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    // Of several rows for an address the last one counts, but the end of another sequence does not.
    for (let row = low - 1; row >= 0; row--) {
      const line = this.#lines[row] ?? 0;
      if (line !== NO_LINE) return { file: this.file(this.#fileOf[row] ?? 0), line };
      if (this.#addresses[row] !== this.#addresses[row - 1]) return null;
    }
    return null;
  }
}
