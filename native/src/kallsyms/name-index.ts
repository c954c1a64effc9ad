import { NAME_AT, NEWLINE, TAB, nameEnd, nextLine } from './line.ts';

const FNV_OFFSET = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;
/** No line is shorter on average; a text with shorter ones makes the table grow. */
const USUAL_LINE = 32;

const hashBytes = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = FNV_OFFSET;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
  // FNV's low bits alone cluster.
  return (hash ^ (hash >>> 15)) >>> 0;
};

const isName = (text: Uint8Array, line: number, name: Uint8Array): boolean => {
  const start = line + NAME_AT;
  const behind = text[start + name.length];
  if (behind !== undefined && behind !== NEWLINE && behind !== TAB) return false;
  for (let i = 0; i < name.length; i++) if (text[start + i] !== name[i]) return false;
  return true;
};

/** Names to lines, by open addressing over the text itself: 8 to 16 bytes a symbol. */
export class NameIndex {
  readonly #text: Uint8Array;
  /** Line + 1; 0 is empty. Lines of one name follow one another in the order of the text. */
  #slots: Uint32Array;
  #count = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
    let size = 16;
    while (size < (text.length / USUAL_LINE) * 1.5) size *= 2;
    this.#slots = new Uint32Array(size);
    for (let line = 0; line < text.length;) {
      const start = line + NAME_AT;
      const end = nameEnd(text, start);
      if (end > start) {
        if (++this.#count > size * 0.8) this.#grow((size *= 2));
        this.#add(line, start, end);
      }
      line = text[end] === NEWLINE ? end + 1 : nextLine(text, end);
    }
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  find(name: Uint8Array): number[] {
    const found: number[] = [];
    const mask = this.#slots.length - 1;
    let slot = hashBytes(name, 0, name.length) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const line = (this.#slots[slot] ?? 0) - 1;
      if (isName(this.#text, line, name)) found.push(line);
    }
    return found;
  }

  #add(line: number, start: number, end: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashBytes(this.#text, start, end) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = line + 1;
  }

  #grow(size: number): void {
    const lines = this.#slots.filter((line) => line !== 0).sort();
    this.#slots = new Uint32Array(size);
    for (const one of lines) this.#add(one - 1, one - 1 + NAME_AT, nameEnd(this.#text, one - 1 + NAME_AT));
  }
}

/** The same without an index: a millisecond for each million bytes. */
export const scanForName = (text: Uint8Array, name: Uint8Array): number[] => {
  const buffer = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const wanted = Buffer.concat([Buffer.from(' '), name]);
  const found: number[] = [];
  for (let at = buffer.indexOf(wanted); at >= 0; at = buffer.indexOf(wanted, at + 1)) {
    const line = at + 1 - NAME_AT;
    if ((line === 0 || text[line - 1] === NEWLINE) && isName(text, line, name)) found.push(line);
  }
  return found;
};
