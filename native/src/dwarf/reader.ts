import { textAt } from '../elf/file.ts';

/** Reads DWARF's encodings one after the other. Throws RangeError at the end of the bytes. */
export class DwarfReader {
  at: number;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.at++);
  }

  i8(): number {
    return this.#view.getInt8(this.at++);
  }

  u16(): number {
    this.at += 2;
    return this.#view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.at += 4;
    return this.#view.getUint32(this.at - 4, true);
  }

  big(): bigint {
    this.at += 8;
    return this.#view.getBigUint64(this.at - 8, true);
  }

  u64(): number {
    this.at += 8;
    return Number(this.#view.getBigUint64(this.at - 8, true));
  }

  /** An offset: 8 bytes in the 64-bit format, else 4. */
  offset(wide: boolean): number {
    return wide ? this.u64() : this.u32();
  }

  /** Exact up to 53 bits; no address is longer. */
  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  sleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) !== 0 ? value - scale : value;
    }
  }

  text(): string {
    const start = this.at;
    this.skipText();
    return textAt(this.bytes, start);
  }

  skipText(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError('text without an end');
    this.at = end + 1;
  }

  /** A number of so many bytes; of more than 8 the first 8. */
  uint(size: number): number {
    if (size === 4) return this.u32();
    if (size === 1) return this.u8();
    if (size === 8) return this.u64();
    let value = 0;
    for (let i = Math.min(size, 8) - 1; i >= 0; i--) value = value * 256 + this.#view.getUint8(this.at + i);
    this.at += size;
    return value;
  }
}
