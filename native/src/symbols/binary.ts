/** The symbols of one binary, with those of its separate debug file. */
import { openDebugFile } from '../elf/debug-file.ts';
import { ElfFile } from '../elf/file.ts';
import { ElfSymbols } from '../elf/symbols.ts';
import type { ElfSymbol } from '../elf/symbols.ts';

const SHT_SYMTAB = 2;

/** Why addresses of a binary have no names. */
export type NoSymbols = 'stripped' | 'unreadable';

export class Binary {
  readonly buildId: string | null;
  /** Where the names come from when it is not the binary itself. */
  readonly debugFile: string | null;
  readonly #file: Pick<ElfFile, 'addressOf'>;
  readonly #symbols: readonly ElfSymbols[];
  readonly #offsets = new Map<number, { readonly symbol: ElfSymbol | null; readonly address: number } | null>();

  private constructor(file: ElfFile, symbols: readonly ElfSymbols[], debugFile: string | null) {
    this.#file = file;
    this.#symbols = symbols;
    this.buildId = file.buildId;
    this.debugFile = debugFile;
  }

  /** `root`: where debug files of its mount namespace are looked for, then here. Null when it cannot be read. */
  static open(path: string, root: string, names: string = path): Binary | null {
    let file: ElfFile | null = null;
    try {
      file = ElfFile.open(path);
      return Binary.#withDebugFile(file, root, names);
    } catch {
      return null;
    } finally {
      file?.close();
    }
  }

  static of(file: ElfFile): Binary {
    return new Binary(file, [new ElfSymbols(file)], null);
  }

  static #withDebugFile(file: ElfFile, root: string, path: string): Binary {
    const own = new ElfSymbols(file);
    if (file.sections.some(({ type }) => type === SHT_SYMTAB)) return new Binary(file, [own], null);
    const debug = openDebugFile(file, root, path);
    if (debug === null) return new Binary(file, [own], null);
    try {
      return new Binary(file, [new ElfSymbols(debug.file), own], debug.path);
    } finally {
      debug.file.close();
    }
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
    if (this.#offsets.size > 100_000) this.#offsets.clear();
    this.#offsets.set(offset, found);
    return found;
  }
}
