/** /proc/kallsyms: `ffffffff81000000 T name`, then `\t[module]` for those of modules. */

/** Columns of the table, in file order. */
export interface SymbolTable {
  readonly text: Uint8Array;
  readonly count: number;
  /** Minus 0xfff0000000000000; negative for what is no kernel address (per-CPU offsets, restricted). */
  readonly addresses: Float64Array;
  readonly nameStarts: Uint32Array;
  readonly nameLengths: Uint16Array;
  /** nm(1)'s letter. */
  readonly types: Uint8Array;
  readonly moduleOf: Uint16Array;
  /** [0] is '', the kernel. */
  readonly modules: readonly string[];
  /** Indexes by ascending address. */
  readonly order: Uint32Array;
}

const NEWLINE = 10;
const TAB = 9;
/** 16 digits, space, letter, space. */
const NAME_AT = 19;
const HIGH_BASE = 0xfff0_0000;
const TWO_32 = 0x1_0000_0000;

const HEX = (() => {
  const digits = new Uint8Array(128);
  for (let digit = 0; digit < 16; digit++) {
    digits[digit.toString(16).charCodeAt(0)] = digit;
    digits[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
  }
  return digits;
})();

const hex8 = (text: Uint8Array, at: number): number => {
  let value = 0;
  for (let i = at; i < at + 8; i++) value = (value << 4) | (HEX[text[i] ?? 0] ?? 0);
  return value >>> 0;
};

const textOf = (text: Uint8Array, start: number, end: number): string =>
  end <= start ? '' : Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1');

/** The file is sorted up to the modules; only what follows needs sorting. */
const sortOrder = (addresses: Float64Array, count: number): Uint32Array => {
  const order = new Uint32Array(count);
  let sorted = 0;
  while (sorted < count && (sorted === 0 || (addresses[sorted] ?? 0) >= (addresses[sorted - 1] ?? 0))) sorted++;
  const rest = new Uint32Array(count - sorted);
  for (let i = 0; i < rest.length; i++) rest[i] = sorted + i;
  rest.sort((a, b) => (addresses[a] ?? 0) - (addresses[b] ?? 0) || a - b);
  for (let out = 0, left = 0, right = 0; out < count; out++) {
    const takeLeft =
      right >= rest.length || (left < sorted && (addresses[left] ?? 0) <= (addresses[rest[right] ?? 0] ?? 0));
    order[out] = takeLeft ? left++ : (rest[right++] ?? 0);
  }
  return order;
};

/** Lines that are too short or have no name are left out. */
export const parseKallsyms = (text: Uint8Array): SymbolTable => {
  let lines = 1;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) lines++;
  const addresses = new Float64Array(lines);
  const nameStarts = new Uint32Array(lines);
  const nameLengths = new Uint16Array(lines);
  const types = new Uint8Array(lines);
  const moduleOf = new Uint16Array(lines);
  const modules = [''];
  const moduleIndex = new Map<string, number>();
  let count = 0;
  for (let start = 0; start < text.length;) {
    let end = start + NAME_AT;
    let tab = 0;
    // Short enough to be faster than indexOf for each line.
    while (end < text.length) {
      const byte = text[end];
      if (byte === NEWLINE) break;
      if (byte === TAB && tab === 0) tab = end;
      end++;
    }
    const nameEnd = tab === 0 ? end : tab;
    if (nameEnd > start + NAME_AT && end <= text.length) {
      addresses[count] = (hex8(text, start) - HIGH_BASE) * TWO_32 + hex8(text, start + 8);
      types[count] = text[start + 17] ?? 0;
      nameStarts[count] = start + NAME_AT;
      nameLengths[count] = Math.min(nameEnd - start - NAME_AT, 0xffff);
      if (tab !== 0) {
        const module = textOf(text, tab + 2, end - 1);
        let index = moduleIndex.get(module);
        if (index === undefined) {
          index = modules.push(module) - 1;
          moduleIndex.set(module, index);
        }
        moduleOf[count] = index;
      }
      count++;
    }
    start = end + 1;
  }
  const order = sortOrder(addresses, count);
  return { text, count, addresses, nameStarts, nameLengths, types, moduleOf, modules, order };
};
