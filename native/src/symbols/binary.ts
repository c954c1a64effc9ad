/** The symbols of one binary, with those of its separate debug file. */
import { debugInfos } from '../dwarf/cache.ts';
import type { SourceFrame } from '../dwarf/debug-info.ts';
import { ElfFile } from '../elf/file.ts';
import { ElfSymbols } from '../elf/symbols.ts';
import type { ElfSymbol } from '../elf/symbols.ts';
import { AnswerRoom } from './answers.ts';
import { readSymbolTables } from './tables.ts';

/** Of all binaries: some 200 bytes each. */
const room = new AnswerRoom(100_000);

/** Why addresses of a binary have no names. */
export type NoSymbols = 'stripped' | 'unreadable';

export class Binary {
  readonly buildId: string | null;
  /** Where the names come from when it is not the binary itself. */
  readonly debugFile: string | null;
  readonly #file: Pick<ElfFile, 'addressOf'>;
  readonly #symbols: readonly ElfSymbols[];
  /** Where its debugging information is looked for; null when it has no file. */
  readonly #place: { readonly path: string; readonly root: string } | null;
  readonly #frames = new Map<number, readonly SourceFrame[]>();
  readonly #offsets = new Map<number, { readonly symbol: ElfSymbol | null; readonly address: number } | null>();

  private constructor(
    file: ElfFile,
    symbols: readonly ElfSymbols[],
    place: { readonly path: string; readonly root: string } | null,
    debugFile: string | null = null,
  ) {
    this.#file = file;
    this.#place = place;
    this.#symbols = symbols;
    this.buildId = file.buildId;
    this.debugFile = debugFile;
  }

  /** `root`: where debug files of its mount namespace are looked for, then here. Null when it cannot be read. */
  static open(path: string, root: string, names: string = path): Binary | null {
    let file: ElfFile | null = null;
    try {
      file = ElfFile.open(path);
      const { tables, debugFile } = readSymbolTables(file, root, names);
      return new Binary(file, tables, { path, root }, debugFile);
    } catch {
      return null;
    } finally {
      file?.close();
    }
  }

  static of(file: ElfFile): Binary {
    return new Binary(file, [new ElfSymbols(file)], null);
  }

  /** Bytes held, about. */
  get bytes(): number {
    return this.#symbols.reduce((sum, { bytes }) => sum + bytes, 1024);
  }

  get count(): number {
    return this.#symbols.reduce((sum, { count }) => sum + count, 0);
  }

  /** The function at a file offset, and the address there; null when nothing is loaded from that offset. */
  lookup(offset: number): { readonly symbol: ElfSymbol | null; readonly address: number } | null {
    const known = this.#offsets.get(offset);
    if (known !== undefined) return known;
    const address = this.#file.addressOf(offset);
    let found: { symbol: ElfSymbol | null; address: number } | null = null;
    if (address !== null) {
      found = { symbol: null, address };
      for (const symbols of this.#symbols) found.symbol ??= symbols.lookup(address);
    }
    room.keep(this.#offsets, offset, found);
    return found;
  }

  /** The functions that an address of the file is in, by its debugging information: innermost first; null without. */
  framesAt(address: number): readonly SourceFrame[] | null {
    const known = this.#frames.get(address);
    if (known !== undefined) return known;
    if (this.#place === null) return null;
    const { path, root } = this.#place;
    const inside = path.startsWith(root) ? path.slice(root.length) : path;
    const debug = debugInfos.open(this.buildId ?? path, inside, inside === path ? '' : root);
    if (debug === null) return null;
    const frames = debug.info.framesAt(address);
    room.keep(this.#frames, address, frames);
    return frames;
  }
}
