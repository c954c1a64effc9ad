/** The debugging information of one file: sections, units, entries by place; everything is read when it is asked for. */
import type { ElfFile } from '../elf/file.ts';
import type { Closeable } from '../sys/handle.ts';
import { LruCache } from '../symbols/lru.ts';
import { readAbbreviations } from './abbreviation.ts';
import type { Abbreviations } from './abbreviation.ts';
import { AddressIndex } from './address-index.ts';
import { Unit } from './compilation.ts';
import type { Die } from './die.ts';
import { isDamage } from './error.ts';
import { DwarfSection, openSection } from './section.ts';
import { DwarfReader } from './reader.ts';
import { readUnitHeader } from './unit.ts';
import type { UnitHeader } from './unit.ts';

export type SectionName =
  | 'info'
  | 'types'
  | 'abbrev'
  | 'str'
  | 'line'
  | 'line_str'
  | 'str_offsets'
  | 'addr'
  | 'aranges'
  | 'ranges'
  | 'rnglists';

/** Bytes of units that are kept. */
const UNITS = 16 << 20;
const TABLES = 256;
/** More units than any program has; a damaged section ends. */
const MOST_UNITS = 1 << 20;
/** What a root entry may take: names of producers are long. */
const ROOT = 1 << 13;

export interface DwarfFileOptions {
  /** Makes ids of types in this file differ from those of the binary's own; '' for the binary. */
  readonly label?: string;
  /** `.dwo` in split files. */
  readonly suffix?: string;
  /** The file that dwz moved common entries to. */
  readonly supplementary?: (() => DwarfFile | null) | undefined;
  /** Sections of a package that hold one unit. */
  readonly parts?: Partial<Record<SectionName, { readonly offset: number; readonly size: number }>> | undefined;
  /** The unit of the binary that stands for the one of this file. */
  readonly skeleton?: Unit | undefined;
}

export class DwarfFile implements Closeable {
  readonly elf: ElfFile;
  readonly #options: DwarfFileOptions;
  readonly #sections = new Map<SectionName, DwarfSection>();
  readonly #units = new LruCache<number, Unit>(UNITS, ({ bytes }) => bytes.length + 1024);
  readonly #tables = new LruCache<number, Abbreviations>(TABLES, () => 1);
  #starts: Float64Array | null = null;
  #addresses: AddressIndex | null = null;
  #signatures: Map<bigint, { readonly section: SectionName; readonly start: number }> | null = null;
  #supplementary: DwarfFile | null | undefined;

  /** Owns `elf`. */
  constructor(elf: ElfFile, options: DwarfFileOptions = {}) {
    this.elf = elf;
    this.#options = options;
  }

  get label(): string {
    return this.#options.label ?? '';
  }

  section(name: SectionName): DwarfSection {
    let section = this.#sections.get(name);
    if (section === undefined) {
      section = openSection(this.elf, name, this.#options.suffix);
      const part = this.#options.parts?.[name];
      if (part !== undefined) {
        const all = section;
        section = new DwarfSection(part.size, (offset, length) => all.bytes(part.offset + offset, length));
      }
      this.#sections.set(name, section);
    }
    return section;
  }

  get supplementary(): DwarfFile | null {
    if (this.#supplementary === undefined) this.#supplementary = this.#options.supplementary?.() ?? null;
    return this.#supplementary;
  }

  /** The unit that begins there. Throws DwarfError or RangeError when it is damaged. */
  unit(start: number): Unit {
    let unit = this.#units.get(start);
    if (unit === undefined) {
      unit = this.#load(this.section('info'), this.header(start));
      this.#units.set(start, unit);
    }
    return unit;
  }

  header(start: number): UnitHeader {
    return readUnitHeader(this.section('info'), start);
  }

  /** A unit of which only the first entry can be read: quick. */
  rootOnly(header: UnitHeader): Unit {
    const section = this.section('info');
    const bytes = section.bytes(header.start, Math.min(header.end - header.start, ROOT));
    const code = new DwarfReader(bytes, header.first).uleb();
    const table =
      this.#tables.get(header.abbreviations) ??
      readAbbreviations(this.section('abbrev'), header.abbreviations, header, code);
    return new Unit(this, header, bytes, table, null);
  }

  /** Where units begin, ascending, up to the first damaged header. */
  unitStarts(): Float64Array {
    if (this.#starts !== null) return this.#starts;
    const starts: number[] = [];
    const { size } = this.section('info');
    try {
      for (let at = 0; at < size && starts.length < MOST_UNITS; at = this.header(at).end) starts.push(at);
    } catch (error) {
      if (!isDamage(error)) throw error;
      starts.pop();
    }
    return (this.#starts = Float64Array.from(starts));
  }

  /** An entry by its place in the section. */
  dieAt(offset: number): Die | null {
    const starts = this.unitStarts();
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const start = starts[low - 1];
    return start === undefined ? null : this.unit(start).dieAt(offset - start);
  }

  /** Units whose code may hold the address. */
  unitsAt(address: number): Unit[] {
    this.#addresses ??= new AddressIndex(this);
    return this.#addresses.find(address).map((start) => this.unit(start));
  }

  /** Of a type unit, its type. */
  typeBySignature(signature: bigint): Die | null {
    this.#signatures ??= this.#readSignatures();
    const found = this.#signatures.get(signature);
    if (found === undefined) return null;
    const section = this.section(found.section);
    const header = readUnitHeader(section, found.start, found.section === 'types');
    const unit = found.section === 'info' ? this.unit(found.start) : this.#load(section, header);
    return unit.dieAt(header.typeAt);
  }

  #readSignatures(): Map<bigint, { section: SectionName; start: number }> {
    const found = new Map<bigint, { section: SectionName; start: number }>();
    for (const section of ['info', 'types'] as const) {
      const bytes = this.section(section);
      try {
        for (let at = 0; at < bytes.size && found.size < MOST_UNITS;) {
          const header = readUnitHeader(bytes, at, section === 'types');
          if (header.signature !== null) found.set(header.signature, { section, start: at });
          at = header.end;
        }
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
    }
    return found;
  }

  #load(section: DwarfSection, header: UnitHeader): Unit {
    let table = this.#tables.get(header.abbreviations);
    if (table === undefined) {
      table = readAbbreviations(this.section('abbrev'), header.abbreviations, header);
      this.#tables.set(header.abbreviations, table);
    }
    const bytes = section.bytes(header.start, header.end - header.start);
    return new Unit(this, header, bytes, table, this.#options.skeleton ?? null);
  }

  close(): void {
    this.#supplementary?.close();
    this.#supplementary = null;
    this.elf.close();
  }
}
