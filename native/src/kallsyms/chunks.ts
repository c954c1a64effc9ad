import { addressAt, lineAt } from './line.ts';

/** Chunks of the sorted part: the first steps of every bisection are among so many places. */
const CHUNKS = 4096;

/** Remembers the addresses that bisections meet again and again, as they meet them. */
export class Chunks {
  readonly #text: Uint8Array;
  readonly #end: number;
  readonly #size: number;
  /** Of the line that a chunk begins in; NaN until it is looked at. */
  readonly #addresses = new Float64Array(CHUNKS).fill(NaN);

  constructor(text: Uint8Array, end: number) {
    this.#text = text;
    this.#end = end;
    this.#size = Math.max(1, Math.ceil(end / CHUNKS));
  }

  /** Lines between which the first line above an address is: those before are not above it, those from the end on are. */
  around(address: number): [number, number] {
    let low = 0;
    let high = Math.ceil(this.#end / this.#size);
    const chunks = high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#addressOf(middle) <= address) low = middle + 1;
      else high = middle;
    }
    return [low === 0 ? 0 : this.#line(low - 1), low === chunks ? this.#end : this.#line(low)];
  }

  #line(chunk: number): number {
    return lineAt(this.#text, chunk * this.#size);
  }

  #addressOf(chunk: number): number {
    let address = this.#addresses[chunk] ?? NaN;
    if (Number.isNaN(address)) {
      address = addressAt(this.#text, this.#line(chunk));
      this.#addresses[chunk] = address;
    }
    return address;
  }
}
