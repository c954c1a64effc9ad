import { textAt } from './file.ts';

/** DW_FORM_* that line tables use. */
const FORM = {
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  data1: 0x0b,
  strp: 0x0e,
  udata: 0x0f,
  data16: 0x1e,
  line_strp: 0x1f,
} as const;

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
    const text = textAt(this.bytes, this.at);
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError('text without an end');
    this.at = end + 1;
    return text;
  }

  /** A value of a form: text, a number, or null for what line tables have no use for. Throws on an unknown form. */
  form(form: number, wide: boolean, strings: Uint8Array, lineStrings: Uint8Array): string | number | null {
    if (form === FORM.string) return this.text();
    if (form === FORM.line_strp) return textAt(lineStrings, this.offset(wide));
    if (form === FORM.strp) return textAt(strings, this.offset(wide));
    if (form === FORM.udata) return this.uleb();
    if (form === FORM.data1) return this.u8();
    if (form === FORM.data2) return this.u16();
    if (form === FORM.data4) return this.u32();
    if (form === FORM.data8) return this.u64();
    if (form === FORM.data16) this.at += 16;
    else if (form === FORM.block) this.at += this.uleb();
    else throw new RangeError(`DWARF form ${form}`);
    return null;
  }
}
