import { sortByKey } from '../elf/radix.ts';
import { addressAt, NAME_AT, nameEnd, nextLine, NEWLINE } from './line.ts';

/** The lines of modules and BPF programs, which the kernel prints in no order. */
export interface ModulePart {
  /** Ascending; minus `ADDRESS_BASE`. */
  readonly addresses: Float64Array;
  /** Where each one's line is; equal addresses in the order of the text. */
  readonly lines: Uint32Array;
}

/** Shorter than any line with a name. */
const SHORTEST = NAME_AT + 1;

/** Of what follows `start`, which is a line's begin. Lines without a name or with a user address are left out. */
export const readModulePart = (text: Uint8Array, start: number): ModulePart => {
  const room = Math.ceil((text.length - start) / SHORTEST);
  const keys = new Float64Array(room);
  const places = new Uint32Array(room);
  let count = 0;
  let least = Infinity;
  for (let line = start; line < text.length;) {
    const end = nameEnd(text, line + NAME_AT);
    const address = addressAt(text, line);
    if (end > line + NAME_AT && address >= 0) {
      if (address < least) least = address;
      keys[count] = address;
      places[count++] = line;
    }
    line = text[end] === NEWLINE ? end + 1 : nextLine(text, end);
  }
  // Modules are near each other: what is left has half as many digits to sort by.
  for (let i = 0; i < count; i++) keys[i] = keys[i]! - least;
  const order = sortByKey(keys, count);
  const addresses = new Float64Array(count);
  const lines = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const from = order[i]!;
    addresses[i] = keys[from]! + least;
    lines[i] = places[from]!;
  }
  return { addresses, lines };
};
