import type { SymbolTable } from './parse.ts';

const FNV_OFFSET = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;
const EMPTY = 0;

const hashBytes = (bytes: Uint8Array, start: number, length: number): number => {
  let hash = FNV_OFFSET;
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), FNV_PRIME);
  return hash >>> 0;
};

/** Names to table indexes: open addressing over the text itself, 8 bytes a symbol at most. */
export class NameIndex {
  readonly #table: SymbolTable;
  /** Index + 1; 0 is empty. Symbols of one name follow one another in table order. */
  readonly #slots: Uint32Array;
  readonly #mask: number;

  constructor(table: SymbolTable) {
    this.#table = table;
    let size = 16;
    while (size < table.count * 1.5) size *= 2;
    this.#slots = new Uint32Array(size);
    this.#mask = size - 1;
    for (let index = 0; index < table.count; index++) {
      let slot = hashBytes(table.text, table.nameStarts[index] ?? 0, table.nameLengths[index] ?? 0) & this.#mask;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    }
  }

  find(name: string): number[] {
    const bytes = Buffer.from(name, 'latin1');
    const found: number[] = [];
    let slot = hashBytes(bytes, 0, bytes.length) & this.#mask;
    for (; this.#slots[slot] !== EMPTY; slot = (slot + 1) & this.#mask) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (this.#equals(index, bytes)) found.push(index);
    }
    return found;
  }

  #equals(index: number, bytes: Buffer): boolean {
    const { text, nameStarts, nameLengths } = this.#table;
    if (nameLengths[index] !== bytes.length) return false;
    const start = nameStarts[index] ?? 0;
    return bytes.compare(text, start, start + bytes.length) === 0;
  }
}
