/** A section of debugging information, read in parts: they are large, and a question needs little of them. */
import { textAt } from '../elf/file.ts';
import type { ElfFile, Section as ElfSection } from '../elf/file.ts';
import { inflate } from '../sys/zlib.ts';
import { LruCache } from '../symbols/lru.ts';

const PAGE = 1 << 16;
const AHEAD = 1 << 12;
/** Pages that one section keeps. */
const PAGES = 64;
/** Of an old compressed section. */
const LARGEST = 1 << 30;

export class DwarfSection {
  readonly size: number;
  readonly #read: (offset: number, length: number) => Uint8Array;
  readonly #pages = new LruCache<number, Uint8Array>(PAGES, () => 1);

  constructor(size: number, read: (offset: number, length: number) => Uint8Array) {
    this.size = size;
    this.#read = read;
  }

  static of(bytes: Uint8Array): DwarfSection {
    return new DwarfSection(bytes.length, (offset, length) => bytes.subarray(offset, offset + length));
  }

  /** Throws RangeError beyond the end. */
  bytes(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || !(offset + length <= this.size)) throw new RangeError('beyond the section');
    const bytes = this.#read(offset, length);
    if (bytes.length < length) throw new RangeError('the file is cut off');
    return bytes;
  }

  /** Up to so many bytes, fewer at the end. */
  some(offset: number, length: number): Uint8Array {
    return this.bytes(offset, Math.min(length, Math.max(0, this.size - offset)));
  }

  /** Bytes from a place on, at least a few thousand unless the section ends: for lists whose length nobody says. */
  from(offset: number): Uint8Array {
    if (offset < 0 || !(offset <= this.size)) throw new RangeError('beyond the section');
    const within = offset % PAGE;
    return within > PAGE - AHEAD ? this.some(offset, PAGE) : this.#page(Math.floor(offset / PAGE)).subarray(within);
  }

  /** A number of 1, 2, 3, 4 or 8 bytes. */
  uint(offset: number, size: number): number {
    if (offset < 0 || !(offset + size <= this.size)) throw new RangeError('beyond the section');
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.#byte(offset + i);
    return value;
  }

  /** Text up to its NUL; '' beyond the end. */
  text(offset: number): string {
    if (offset < 0 || offset >= this.size) return '';
    const page = this.#page(Math.floor(offset / PAGE));
    const within = offset % PAGE;
    if (page.indexOf(0, within) >= 0) return textAt(page, within);
    // Longer than the page, or at its end.
    return textAt(this.some(offset, PAGE), 0);
  }

  #byte(offset: number): number {
    return this.#page(Math.floor(offset / PAGE))[offset % PAGE] ?? 0;
  }

  #page(index: number): Uint8Array {
    let page = this.#pages.get(index);
    if (page === undefined) {
      page = this.some(index * PAGE, PAGE);
      this.#pages.set(index, page);
    }
    return page;
  }
}

const NOTHING = DwarfSection.of(new Uint8Array(0));

const whole = (file: ElfFile, section: ElfSection): DwarfSection => DwarfSection.of(file.bytes(section));

/** `.zdebug_info`: "ZLIB", the size in 8 bytes, then the stream: as binutils wrote them before ELF had a flag for it. */
const old = (file: ElfFile, section: ElfSection): DwarfSection =>
  DwarfSection.of(inflate(file.bytes(section).subarray(12), { maxOutputLength: LARGEST }));

/** `name` without `.debug_`; empty when the file has none. Throws ElfError for one that cannot be decompressed. */
export const openSection = (file: ElfFile, name: string, suffix = ''): DwarfSection => {
  const section = file.section(`.debug_${name}${suffix}`);
  if (section === null) {
    const compressed = file.section(`.zdebug_${name}${suffix}`);
    return compressed === null ? NOTHING : old(file, compressed);
  }
  const { size } = section;
  if (!file.isPlain(section)) return whole(file, section);
  return new DwarfSection(size, (offset, length) => file.part(section, offset, length));
};
