/**
 * C structs as the kernel reads them. A layout is a table of fields in order; offsets follow from natural alignment as
 * in C, so a layout reads like the struct in the kernel's header and there are no numbers to get wrong.
 */
import { addressOf } from './kernel.ts';

/** `bytes16` is a `char[16]`; `pointer` takes a buffer and stores its address. */
export type FieldKind = 'u8' | 'u16' | 'u32' | 'i32' | 'u64' | 'pointer' | `bytes${number}`;

export type FieldValue = number | bigint | ArrayBufferView | null | undefined;

interface Placed {
  readonly kind: FieldKind;
  readonly offset: number;
  readonly size: number;
}

const SIZES: Record<string, number> = { u8: 1, u16: 2, u32: 4, i32: 4, u64: 8, pointer: 8 };

/** Buffers that an encoded struct points to live as long as the struct's bytes. */
const pointees = new WeakMap<ArrayBufferView, unknown>();

/** `char *[]`: the addresses of the buffers, which it keeps alive. */
export const pointerArray = (buffers: readonly ArrayBufferView[]): BigUint64Array => {
  const pointers = BigUint64Array.from(buffers, (buffer) => BigInt(addressOf(buffer)));
  pointees.set(pointers, buffers);
  return pointers;
};

/** A struct; `Name` are its field names. */
export class Layout<Name extends string> {
  readonly size: number;
  readonly #fields: ReadonlyMap<string, Placed>;

  constructor(fields: Readonly<Record<Name, FieldKind>>) {
    const placed = new Map<string, Placed>();
    let offset = 0;
    let largest = 1;
    for (const [name, kind] of Object.entries(fields) as [Name, FieldKind][]) {
      const bytes = kind.startsWith('bytes');
      const size = bytes ? Number(kind.slice(5)) : (SIZES[kind] as number);
      const align = bytes ? 1 : size;
      offset = Math.ceil(offset / align) * align;
      placed.set(name, { kind, offset, size });
      offset += size;
      largest = Math.max(largest, align);
    }
    this.#fields = placed;
    this.size = Math.ceil(offset / largest) * largest;
  }

  offset(name: Name): number {
    return this.#placed(name).offset;
  }

  /** The struct's bytes; fields left out are zero. They keep alive the buffers that they point to. */
  encode(values: Partial<Record<Name, FieldValue>>): Uint8Array {
    const bytes = new Uint8Array(this.size);
    const view = new DataView(bytes.buffer);
    for (const name of Object.keys(values) as Name[]) this.#store(bytes, view, this.#placed(name), values[name]);
    pointees.set(bytes, values);
    return bytes;
  }

  /** An integer field of at most 53 bits that matter. */
  number(bytes: Uint8Array, name: Name): number {
    return Number(this.bigint(bytes, name));
  }

  bigint(bytes: Uint8Array, name: Name): bigint {
    const { kind, offset, size } = this.#placed(name);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (size === 8) return view.getBigUint64(offset, true);
    if (size === 4) return BigInt(kind === 'i32' ? view.getInt32(offset, true) : view.getUint32(offset, true));
    if (size === 2) return BigInt(view.getUint16(offset, true));
    return BigInt(view.getUint8(offset));
  }

  /** A `char[]` field up to its NUL. */
  text(bytes: Uint8Array, name: Name): string {
    const { offset, size } = this.#placed(name);
    const field = bytes.subarray(offset, offset + size);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  }

  #placed(name: Name): Placed {
    const placed = this.#fields.get(name);
    if (placed === undefined) throw new Error(`no field ${name}`);
    return placed;
  }

  #store(bytes: Uint8Array, view: DataView, { kind, offset, size }: Placed, value: FieldValue): void {
    if (value === undefined || value === null) return;
    if (typeof value === 'object') {
      if (kind === 'pointer') {
        view.setBigUint64(offset, BigInt(addressOf(value)), true);
      } else {
        const source = new Uint8Array(value.buffer, value.byteOffset, Math.min(value.byteLength, size));
        bytes.set(source, offset);
      }
      return;
    }
    if (size === 8) view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
    else if (size === 4) view.setUint32(offset, Number(value) >>> 0, true);
    else if (size === 2) view.setUint16(offset, Number(value), true);
    else view.setUint8(offset, Number(value));
  }
}
