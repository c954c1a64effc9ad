/** Symbols of a binary: by address for stacks, by name for probes. */
import { SHT_DYNSYM, SHT_SYMTAB, textAt } from './file.ts';
import type { ElfFile, Section } from './file.ts';
import { sortByKey } from './radix.ts';

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  /** Bytes; 0 when the assembler did not say. */
  readonly size: number;
  /** Code that chooses the function when the program starts (STT_GNU_IFUNC). */
  readonly indirect?: true;
}

const ENTRY = 24;
/** In the byte beside each symbol: the rest of it is the string table's index. */
const LOCAL = 0x80;
const INDIRECT = 0x40;
const TABLE = 0x3f;
const TWO_32 = 0x1_0000_0000;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;

/** Which symbols: those that a program counter can be in, or data. */
export type SymbolKind = 'function' | 'object';

const KINDS: Readonly<Record<SymbolKind, ReadonlySet<number>>> = {
  function: new Set([STT_FUNC, STT_GNU_IFUNC]),
  object: new Set([STT_OBJECT]),
};

interface Table {
  readonly entries: Uint8Array;
  readonly strings: Uint8Array;
}

const EMPTY: Table = { entries: new Uint8Array(0), strings: new Uint8Array(0) };

const readTable = (file: ElfFile, type: number): Table => {
  const section: Section | undefined = file.sections.find((each) => each.type === type);
  const strings = section === undefined ? undefined : file.sections[section.link];
  if (section === undefined || strings === undefined) return EMPTY;
  return { entries: file.bytes(section), strings: file.bytes(strings) };
};

/** Symbols of one kind, ascending by address; the file may be closed afterwards. Names become strings when asked for. */
export class ElfSymbols {
  readonly count: number;
  readonly #addresses: Float64Array;
  readonly #sizes: Float64Array;
  readonly #names: Uint32Array;
  readonly #strings: readonly Uint8Array[];
  readonly #tableOf: Uint8Array;

  constructor(file: ElfFile, kind: SymbolKind = 'function') {
    const tables = [readTable(file, SHT_SYMTAB), readTable(file, SHT_DYNSYM)];
    this.#strings = tables.map(({ strings }) => strings);
    const room = tables.reduce((sum, { entries }) => sum + Math.floor(entries.length / ENTRY), 0);
    const addresses = new Float64Array(room);
    const sizes = new Float64Array(room);
    const names = new Uint32Array(room);
    const tableOf = new Uint8Array(room);
    let count = 0;
    tables.forEach(({ entries }, table) => {
      const wanted = KINDS[kind];
      // Words of an Elf64_Sym: name, info | other << 8 | section << 16, value (2), size (2).
      const words = alignedWords(entries.subarray(0, Math.floor(entries.length / ENTRY) * ENTRY));
      for (let at = 0; at < words.length; at += ENTRY / 4) {
        const info = words[at + 1] ?? 0;
        const low = words[at + 2] ?? 0;
        const high = words[at + 3] ?? 0;
        if (info >>> 16 === 0 || !wanted.has(info & 0xf) || high >= 0x1_0000 || (low === 0 && high === 0)) continue;
        addresses[count] = high * TWO_32 + low;
        sizes[count] = (words[at + 4] ?? 0) + (words[at + 5] ?? 0) * TWO_32;
        names[count] = words[at] ?? 0;
        tableOf[count] = table | ((info & 0xf0) === 0 ? LOCAL : 0) | ((info & 0xf) === STT_GNU_IFUNC ? INDIRECT : 0);
        count++;
      }
    });
    const order = sortByKey(addresses, count);
    this.count = count;
    this.#addresses = new Float64Array(count);
    this.#sizes = new Float64Array(count);
    this.#names = new Uint32Array(count);
    this.#tableOf = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const from = order[i] ?? 0;
      this.#addresses[i] = addresses[from] ?? 0;
      this.#sizes[i] = sizes[from] ?? 0;
      this.#names[i] = names[from] ?? 0;
      this.#tableOf[i] = tableOf[from] ?? 0;
    }
  }

  /** Bytes held, about. */
  get bytes(): number {
    return this.count * 21 + this.#strings.reduce((sum, text) => sum + text.length, 0);
  }

  at(index: number): ElfSymbol {
    const flags = this.#tableOf[index] ?? 0;
    return {
      name: textAt(this.#strings[flags & TABLE] ?? new Uint8Array(0), this.#names[index] ?? 0),
      address: this.#addresses[index] ?? 0,
      size: this.#sizes[index] ?? 0,
      ...((flags & INDIRECT) === 0 ? {} : { indirect: true as const }),
    };
  }

  /** The symbol that an address is in; symbols without size reach to the next one. */
  lookup(address: number): ElfSymbol | null {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    // Aliases share an address, and a function may lie inside another one's range: look back a little.
    for (let index = low - 1, tries = 0; index >= 0 && tries < 8; index--, tries++) {
      const start = this.#addresses[index] ?? 0;
      const size = this.#sizes[index] ?? 0;
      if (address < start + size || (size === 0 && tries === 0)) return this.#preferred(index);
    }
    return null;
  }

  /** All symbols with a name, ascending by address; a local function may be there many times. Some milliseconds in a big binary. */
  find(name: string): ElfSymbol[] {
    // Linkers let a name share the tail of a longer one, so every place of it counts.
    const places = this.#strings.map((strings) => placesOf(strings, `${name}\0`));
    const found: ElfSymbol[] = [];
    if (name === '' || places.every(({ size }) => size === 0)) return found;
    for (let i = 0; i < this.count; i++) {
      if (places[(this.#tableOf[i] ?? 0) & TABLE]?.has(this.#names[i] ?? 0) !== true) continue;
      if (found.at(-1)?.address !== this.#addresses[i]) found.push(this.at(i));
    }
    return found;
  }

  /** Every symbol once: .dynsym repeats .symtab. */
  *all(): Generator<ElfSymbol> {
    let previous: ElfSymbol | null = null;
    const here = new Set<string>();
    for (let index = 0; index < this.count; index++) {
      const symbol = this.at(index);
      if (previous?.address !== symbol.address) here.clear();
      previous = symbol;
      if (here.has(symbol.name) || symbol.name === '') continue;
      here.add(symbol.name);
      yield symbol;
    }
  }

  /** Of several names for one place, the one that people call it by: global, without underscores, short, first in the file. */
  #preferred(index: number): ElfSymbol {
    let best = this.at(index);
    let rank = rankOf(best.name, this.#isLocal(index));
    for (let other = index - 1; other >= 0 && this.#addresses[other] === best.address; other--) {
      if (this.#sizes[other] !== best.size) continue;
      const symbol = this.at(other);
      const otherRank = rankOf(symbol.name, this.#isLocal(other));
      if (otherRank > rank) continue;
      best = symbol;
      rank = otherRank;
    }
    return best;
  }

  #isLocal(index: number): boolean {
    return ((this.#tableOf[index] ?? 0) & LOCAL) !== 0;
  }
}

const rankOf = (name: string, local: boolean): number => {
  const underscores = /^_*/.exec(name)?.[0].length ?? 0;
  // Mangled names begin with an underscore and are no worse for it.
  const hidden = name.startsWith('_Z') || name.startsWith('_R') ? 0 : underscores;
  return (local ? 1e6 : 0) + hidden * 1e4 + Math.min(name.length, 9999);
};

/** A copy, since the bytes may begin anywhere (and a Buffer's slice() is no copy). */
const alignedWords = (bytes: Uint8Array): Uint32Array => new Uint32Array(new Uint8Array(bytes).buffer);

const placesOf = (bytes: Uint8Array, text: string): ReadonlySet<number> => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = new Set<number>();
  for (let at = buffer.indexOf(text); at >= 0; at = buffer.indexOf(text, at + 1)) places.add(at);
  return places;
};
