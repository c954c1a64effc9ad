/** ELF files, 64-bit little-endian: what x86-64 and arm64 Linux has (elf(5)). */
import type { Closeable } from '../sys/handle.ts';
import { inflate, zstd, type Decompress } from '../sys/zlib.ts';
import { readNotes } from './note.ts';
import { bufferSource, fileSource } from './source.ts';
import type { ByteSource } from './source.ts';

/** A file that is no ELF file that we can read. */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const PF_X = 1;
export const SHT_SYMTAB = 2;
export const SHT_NOTE = 7;
export const SHT_NOBITS = 8;
export const SHT_DYNSYM = 11;
const SHF_COMPRESSED = 0x800;
const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
const NT_GNU_BUILD_ID = 3;

const HEADER_SIZE = 64;
const SECTION_SIZE = 64;
const SEGMENT_SIZE = 56;
/** Nothing that we read is larger; a corrupt size must not take the memory of the host. */
const LARGEST_SECTION = 1 << 30;

const DECOMPRESS: Readonly<Record<number, () => Decompress | null>> = {
  [ELFCOMPRESS_ZLIB]: () => inflate,
  [ELFCOMPRESS_ZSTD]: zstd,
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

/** The text at `start` up to its NUL; '' outside. */
export const textAt = (bytes: Uint8Array, start: number): string => {
  if (start >= bytes.length) return '';
  const end = bytes.indexOf(0, start);
  return Buffer.from(
    bytes.buffer,
    bytes.byteOffset + start,
    Math.max(0, (end < 0 ? bytes.length : end) - start),
  ).toString('utf8');
};

export class ElfFile implements Closeable {
  /** ET_EXEC 2, ET_DYN 3, ET_REL 1. */
  readonly type: number;
  /** EM_X86_64 62, EM_AARCH64 183. */
  readonly machine: number;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  readonly #source: ByteSource;
  #buildId: string | null | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
    const header = source.read(0, HEADER_SIZE);
    if (header.length < HEADER_SIZE || header[0] !== 0x7f || textAt(header.slice(1, 4), 0) !== 'ELF') {
      throw new ElfError('not an ELF file');
    }
    if (header[4] !== 2 || header[5] !== 1) throw new ElfError('not a 64-bit little-endian ELF file');
    const view = viewOf(header);
    this.type = view.getUint16(16, true);
    this.machine = view.getUint16(18, true);
    this.segments = this.#readSegments(u64(view, 32), view.getUint16(56, true));
    this.sections = this.#readSections(u64(view, 40), view.getUint16(60, true), view.getUint16(62, true));
  }

  /** Keeps the file open until `close`. Throws ElfError, or Node's error when it cannot be read. */
  static open(path: string): ElfFile {
    const source = fileSource(path);
    try {
      return new ElfFile(source);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  static parse(bytes: Uint8Array): ElfFile {
    return new ElfFile(bufferSource(bytes));
  }

  /** Whether it has all its names (.symtab), not only those of dynamic linking. */
  get hasSymbols(): boolean {
    return this.sections.some(({ type }) => type === SHT_SYMTAB);
  }

  section(name: string): Section | null {
    return this.sections.find((section) => section.name === name) ?? null;
  }

  /** The section's bytes, decompressed; empty for .bss and for sections that reach outside the file. */
  bytes(section: Section): Uint8Array {
    if (section.type === SHT_NOBITS || section.size > LARGEST_SECTION) return new Uint8Array(0);
    const raw = this.#source.read(section.offset, section.size);
    if ((section.flags & SHF_COMPRESSED) === 0) return raw;
    if (raw.length < 24) throw new ElfError(`compressed section ${section.name} is cut off`);
    const kind = viewOf(raw).getUint32(0, true);
    const decompress = DECOMPRESS[kind]?.() ?? null;
    if (decompress === null) {
      const method =
        kind === ELFCOMPRESS_ZSTD ? 'zstd, which needs Node.js 22.15 or newer' : `an unknown method ${kind}`;
      throw new ElfError(`section ${section.name} is compressed by ${method}`);
    }
    try {
      return decompress(raw.subarray(24), { maxOutputLength: LARGEST_SECTION });
    } catch {
      throw new ElfError(`compressed section ${section.name} is corrupt`);
    }
  }

  /** Whether `part` can read it: its bytes are in the file as they are. */
  isPlain(section: Section): boolean {
    return section.type !== SHT_NOBITS && (section.flags & SHF_COMPRESSED) === 0;
  }

  /** Some of a plain section's bytes; fewer where the file ends. */
  part(section: Section, offset: number, length: number): Uint8Array {
    return this.#source.read(section.offset + offset, Math.max(0, Math.min(length, section.size - offset)));
  }

  /** Bytes of the file; fewer where it ends. */
  read(offset: number, length: number): Uint8Array {
    return this.#source.read(offset, length);
  }

  /** Hex; null when the linker gave none. */
  get buildId(): string | null {
    if (this.#buildId === undefined) {
      this.#buildId = null;
      for (const bytes of this.#noteAreas()) {
        for (const note of readNotes(bytes)) {
          if (note.name === 'GNU' && note.type === NT_GNU_BUILD_ID) {
            this.#buildId = Buffer.from(note.description).toString('hex');
          }
        }
      }
    }
    return this.#buildId;
  }

  /** Name of the file with debugging information, in the same folder or under /usr/lib/debug; null for none. */
  get debugLink(): string | null {
    const section = this.section('.gnu_debuglink');
    return section === null ? null : textAt(this.bytes(section), 0);
  }

  /** File offset of an address; null when no loaded segment's file part holds it. */
  offsetOf(address: number): number | null {
    for (const segment of this.segments) {
      if (segment.type !== PT_LOAD) continue;
      if (address >= segment.address && address < segment.address + segment.fileSize) {
        return address - segment.address + segment.offset;
      }
    }
    return null;
  }

  /** Address of a file offset; null when it is not loaded. Executable segments first: offsets may be mapped twice. */
  addressOf(offset: number): number | null {
    const loaded = this.segments.filter(({ type }) => type === PT_LOAD);
    for (const segment of [...loaded.filter((s) => s.flags & PF_X), ...loaded]) {
      if (offset >= segment.offset && offset < segment.offset + segment.fileSize) {
        return offset - segment.offset + segment.address;
      }
    }
    return null;
  }

  close(): void {
    this.#source.close();
  }

  /** Sections when there are some (a stripped file may have none), else segments. */
  *#noteAreas(): Generator<Uint8Array> {
    const sections = this.sections.filter(({ type }) => type === SHT_NOTE);
    for (const section of sections) yield this.bytes(section);
    if (sections.length > 0) return;
    for (const segment of this.segments) {
      if (segment.type === PT_NOTE) yield this.#source.read(segment.offset, Math.min(segment.fileSize, 1 << 20));
    }
  }

  #readSegments(offset: number, count: number): Segment[] {
    const view = viewOf(this.#source.read(offset, count * SEGMENT_SIZE));
    const segments: Segment[] = [];
    for (let at = 0; at + SEGMENT_SIZE <= view.byteLength; at += SEGMENT_SIZE) {
      segments.push({
        type: view.getUint32(at, true),
        flags: view.getUint32(at + 4, true),
        offset: u64(view, at + 8),
        address: u64(view, at + 16),
        fileSize: u64(view, at + 32),
        memorySize: u64(view, at + 40),
      });
    }
    return segments;
  }

  #readSections(offset: number, count: number, names: number): Section[] {
    const view = viewOf(offset === 0 ? new Uint8Array(0) : this.#source.read(offset, count * SECTION_SIZE));
    const sections: (Section & { nameAt: number })[] = [];
    for (let at = 0; at + SECTION_SIZE <= view.byteLength; at += SECTION_SIZE) {
      sections.push({
        name: '',
        nameAt: view.getUint32(at, true),
        type: view.getUint32(at + 4, true),
        flags: u64(view, at + 8),
        address: u64(view, at + 16),
        offset: u64(view, at + 24),
        size: u64(view, at + 32),
        link: view.getUint32(at + 40, true),
        entrySize: u64(view, at + 56),
      });
    }
    const table = sections[names];
    const text = table === undefined ? new Uint8Array(0) : this.bytes(table);
    return sections.map(({ nameAt, ...section }) => ({ ...section, name: textAt(text, nameAt) }));
  }
}
