/** The functions of a unit by their code. */
import { sortByKey } from '../elf/radix.ts';
import type { Unit } from './compilation.ts';
import { AT, TAG } from './constants.ts';
import type { Die } from './die.ts';

const WANTED: ReadonlySet<number> = new Set([TAG.subprogram]);
/** Functions are not inside of these, or are found by their definitions outside. */
const CLOSED: ReadonlySet<number> = new Set([
  TAG.subprogram,
  TAG.enumeration_type,
  TAG.subroutine_type,
  TAG.array_type,
]);

export class FunctionIndex {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #dies: Uint32Array;
  /** 1 where a function is entered, 0 for its other parts. */
  readonly #entries: Uint8Array;

  constructor(unit: Unit) {
    const starts: number[] = [];
    const ends: number[] = [];
    const dies: number[] = [];
    const entries: number[] = [];
    for (const die of unit.entries(WANTED, CLOSED)) {
      if (!die.has(AT.low_pc) && !die.has(AT.ranges)) continue;
      unit.ranges(die).forEach(({ start, end }, part) => {
        starts.push(start);
        ends.push(end);
        dies.push(die.offset);
        entries.push(part === 0 ? 1 : 0);
      });
    }
    const order = sortByKey(Float64Array.from(starts), starts.length);
    this.#starts = Float64Array.from(order, (index) => starts[index] ?? 0);
    this.#ends = Float64Array.from(order, (index) => ends[index] ?? 0);
    this.#dies = Uint32Array.from(order, (index) => dies[index] ?? 0);
    this.#entries = Uint8Array.from(order, (index) => entries[index] ?? 0);
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#starts.length * 21;
  }

  /** The entry of the function that is entered at an address. */
  entered(unit: Unit, address: number): Die | null {
    for (let at = this.#before(address); at >= 0 && this.#starts[at] === address; at--) {
      if (this.#entries[at] === 1) return unit.dieAt(this.#dies[at] ?? 0);
    }
    return null;
  }

  /** The entry of the function that an address is in. */
  holding(unit: Unit, address: number): Die | null {
    const at = this.#before(address);
    return at >= 0 && address < (this.#ends[at] ?? 0) ? unit.dieAt(this.#dies[at] ?? 0) : null;
  }

  /** The last one that starts at an address or before it. */
  #before(address: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
