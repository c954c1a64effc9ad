/**
 * 64-bit integers as JavaScript holds them cheaply: a number while it is exact, a bigint beyond. Every function keeps
 * the value exact; results outside 64 bits wrap as they do in the kernel.
 */
export type Int = number | bigint;

const TWO_32 = 4294967296;
/** High words below this keep hi * 2^32 + lo within 2^53. */
const EXACT_HIGH = 0x200000;

export function readUnsigned64(view: DataView, offset: number): Int {
  const high = view.getUint32(offset + 4, true);
  return high < EXACT_HIGH ? high * TWO_32 + view.getUint32(offset, true) : view.getBigUint64(offset, true);
}

export function readSigned64(view: DataView, offset: number): Int {
  const high = view.getInt32(offset + 4, true);
  return high < EXACT_HIGH && high >= -EXACT_HIGH
    ? high * TWO_32 + view.getUint32(offset, true)
    : narrow(view.getBigInt64(offset, true));
}

/** An integer of 1, 2, 4 or 8 bytes, little endian. */
export function readInteger(view: DataView, offset: number, size: number, signed: boolean): Int {
  switch (size) {
    case 1:
      return signed ? view.getInt8(offset) : view.getUint8(offset);
    case 2:
      return signed ? view.getInt16(offset, true) : view.getUint16(offset, true);
    case 4:
      return signed ? view.getInt32(offset, true) : view.getUint32(offset, true);
    default:
      return signed ? readSigned64(view, offset) : readUnsigned64(view, offset);
  }
}

/** The number when it is exact, else the bigint. */
export function narrow(value: bigint): Int {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

export function add(a: Int, b: Int, signed: boolean): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return wrap(BigInt(a) + BigInt(b), signed);
}

export function subtract(a: Int, b: Int, signed: boolean): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference) && (signed || difference >= 0)) return difference;
  }
  return wrap(BigInt(a) - BigInt(b), signed);
}

/** Integer division towards zero; by zero yields 0. */
export function divide(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return b === 0 ? 0 : Math.trunc(a / b) + 0;
  return BigInt(b) === 0n ? 0 : narrow(BigInt(a) / BigInt(b));
}

export function compare(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function wrap(value: bigint, signed: boolean): Int {
  return narrow(signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
}

/** True when a double holds it exactly, as bpftrace asks before it writes a JSON number. */
export function fitsDouble(value: Int): boolean {
  return typeof value === 'number' || BigInt(Number(value)) === value;
}
