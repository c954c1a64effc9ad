/**
 * BTF, the kernel's own type information: reads the raw sections (kernel: Documentation/bpf/btf.rst,
 * include/uapi/linux/btf.h) that /sys/kernel/btf/* hold.
 *
 * One pass notes where each type starts; a second, on first use, hashes the names. Types become objects only when they
 * are asked for, so that vmlinux (some 130,000 types) costs two typed arrays and not a graph of objects.
 * Pure: bytes in, types out. Minimum kernel for vmlinux BTF: 4.18, for modules: 5.11.
 */
import {
  BTF_INT_BOOL,
  BTF_INT_CHAR,
  BTF_INT_SIGNED,
  BTF_KIND_ARRAY,
  BTF_KIND_CONST,
  BTF_KIND_ENUM,
  BTF_KIND_ENUM64,
  BTF_KIND_FLOAT,
  BTF_KIND_FUNC,
  BTF_KIND_FUNC_PROTO,
  BTF_KIND_FWD,
  BTF_KIND_INT,
  BTF_KIND_PTR,
  BTF_KIND_RESTRICT,
  BTF_KIND_STRUCT,
  BTF_KIND_TYPEDEF,
  BTF_KIND_TYPE_TAG,
  BTF_KIND_UNION,
  BTF_KIND_VOLATILE,
  BTF_MAGIC,
  TRAILER,
} from './kind.ts';
import { NameIndex } from './name-index.ts';
import type { BtfMember, BtfType } from './type.ts';

/** The bytes are not BTF, or end early. */
export class BtfFormatError extends Error {
  override readonly name = 'BtfFormatError';
}

const TYPE_SIZE = 12;

export class Btf {
  /** First id of this Btf: 1, or the base's count for a module. */
  readonly firstId: number;
  /** One more than the last id. */
  readonly endId: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly base: Btf | null;
  private readonly strings: number;
  private readonly stringsLength: number;
  /** Byte offset of each type, by id - firstId. */
  private readonly offsets: Uint32Array;
  private index: NameIndex | null = null;

  constructor(bytes: Uint8Array, base: Btf | null = null) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.base = base;
    if (bytes.length < 24 || this.view.getUint16(0, true) !== BTF_MAGIC) throw new BtfFormatError('no BTF header');
    const header = this.view.getUint32(4, true);
    const typesAt = header + this.view.getUint32(8, true);
    const typesLength = this.view.getUint32(12, true);
    this.strings = header + this.view.getUint32(16, true);
    this.stringsLength = this.view.getUint32(20, true);
    if (typesAt + typesLength > bytes.length || this.strings + this.stringsLength > bytes.length) {
      throw new BtfFormatError('BTF sections reach beyond the end');
    }
    this.firstId = base === null ? 1 : base.endId;
    this.offsets = typeOffsets(this.view, typesAt, typesAt + typesLength);
    this.endId = this.firstId + this.offsets.length;
  }

  /** The type of an id; ids out of range are void, as 0 is. */
  type(id: number): BtfType {
    if (id < this.firstId) return this.base === null || id === 0 ? { kind: 'void' } : this.base.type(id);
    const at = this.offsets[id - this.firstId];
    return at === undefined ? { kind: 'void' } : this.decode(at);
  }

  /** Ids of this Btf (not its base) of that kind and name, ascending. */
  find(kind: number, name: string): number[] {
    return this.names().find(kind, name);
  }

  /** Every name of a kind, in the order of ids; duplicates kept. Tens of thousands: names are cut out of one text. */
  list(kind: number): string[] {
    const { view, strings, stringsLength } = this;
    const text = decoder.decode(this.bytes.subarray(strings, strings + stringsLength));
    const names: string[] = [];
    for (const at of this.offsets) {
      if (((view.getUint32(at + 4, true) >>> 24) & 0x1f) !== kind) continue;
      const offset = view.getUint32(at, true);
      const from = this.nameAt(offset) - strings;
      const end = text.indexOf('\0', from);
      names.push(from < 0 ? this.string(offset) : text.slice(from, end < 0 ? text.length : end));
    }
    return names;
  }

  /** Value of an enumerator and the id of its enum; the first definition wins. */
  enumerator(name: string): { readonly value: bigint; readonly type: number } | null {
    return this.names().enumerator(name);
  }

  /** Follows typedefs, qualifiers and tags. */
  strip(id: number): number {
    let type = this.type(id);
    for (let hops = 0; hops < 64; hops++) {
      if (!('type' in type) || type.kind === 'pointer' || type.kind === 'array' || type.kind === 'function') return id;
      id = type.type;
      type = this.type(id);
    }
    return 0;
  }

  private names(): NameIndex {
    this.index ??= new NameIndex({
      view: this.view,
      bytes: this.bytes,
      offsets: this.offsets,
      firstId: this.firstId,
      nameAt: (offset) => this.nameAt(offset),
    });
    return this.index;
  }

  /** Where a name's bytes are in this Btf's buffer; -1 for a name in the base (modules share vmlinux strings). */
  private nameAt(offset: number): number {
    const own = this.base === null ? offset : offset - this.base.stringsLength;
    return own < 0 || own >= this.stringsLength ? -1 : this.strings + own;
  }

  private string(offset: number): string {
    if (offset === 0) return '';
    const at = this.nameAt(offset);
    if (at < 0) return this.base === null ? '' : this.base.string(offset);
    const end = this.bytes.indexOf(0, at);
    return decoder.decode(this.bytes.subarray(at, end < 0 ? this.bytes.length : end));
  }

  private decode(at: number): BtfType {
    const view = this.view;
    const name = this.string(view.getUint32(at, true));
    const info = view.getUint32(at + 4, true);
    const size = view.getUint32(at + 8, true);
    const kind = (info >>> 24) & 0x1f;
    const flag = info >>> 31 === 1;
    const data = at + TYPE_SIZE;
    const vlen = info & 0xffff;
    switch (kind) {
      case BTF_KIND_INT: {
        const encoding = view.getUint32(data, true);
        const bits = encoding >>> 24;
        return {
          kind: 'int',
          name,
          size,
          signed: (bits & BTF_INT_SIGNED) !== 0,
          char: (bits & BTF_INT_CHAR) !== 0 || name === 'char',
          bool: (bits & BTF_INT_BOOL) !== 0,
          bitOffset: (encoding >>> 16) & 0xff,
          bits: encoding & 0xff,
        };
      }
      case BTF_KIND_PTR:
        return { kind: 'pointer', type: size };
      case BTF_KIND_ARRAY:
        return { kind: 'array', type: view.getUint32(data, true), count: view.getUint32(data + 8, true) };
      case BTF_KIND_STRUCT:
      case BTF_KIND_UNION:
        return {
          kind: kind === BTF_KIND_STRUCT ? 'struct' : 'union',
          name,
          size,
          members: this.members(data, vlen, flag),
        };
      case BTF_KIND_ENUM:
        return {
          kind: 'enum',
          name,
          size,
          signed: flag,
          values: this.enumValues(
            data,
            vlen,
            (p) => BigInt(flag ? view.getInt32(p, true) : view.getUint32(p, true)),
            8,
          ),
        };
      case BTF_KIND_ENUM64:
        return {
          kind: 'enum',
          name,
          size,
          signed: flag,
          values: this.enumValues(
            data,
            vlen,
            (p) => (flag ? view.getBigInt64(p, true) : view.getBigUint64(p, true)),
            12,
          ),
        };
      case BTF_KIND_FWD:
        return { kind: 'forward', name, union: flag };
      case BTF_KIND_TYPEDEF:
        return { kind: 'typedef', name, type: size };
      case BTF_KIND_VOLATILE:
        return { kind: 'volatile', type: size };
      case BTF_KIND_CONST:
        return { kind: 'const', type: size };
      case BTF_KIND_RESTRICT:
        return { kind: 'restrict', type: size };
      case BTF_KIND_TYPE_TAG:
        return { kind: 'type-tag', name, type: size };
      case BTF_KIND_FUNC:
        return { kind: 'function', name, type: size };
      case BTF_KIND_FUNC_PROTO:
        return { kind: 'prototype', returns: size, params: this.params(data, vlen) };
      case BTF_KIND_FLOAT:
        return { kind: 'float', name, size };
      default:
        return { kind: 'other' };
    }
  }

  private members(at: number, count: number, bitfields: boolean): BtfMember[] {
    const members: BtfMember[] = [];
    for (let p = at; members.length < count; p += 12) {
      const offset = this.view.getUint32(p + 8, true);
      members.push({
        name: this.string(this.view.getUint32(p, true)),
        type: this.view.getUint32(p + 4, true),
        bitOffset: bitfields ? offset & 0xffffff : offset,
        bitSize: bitfields ? offset >>> 24 : 0,
      });
    }
    return members;
  }

  private enumValues(at: number, count: number, read: (at: number) => bigint, stride: number) {
    const values: { name: string; value: bigint }[] = [];
    for (let p = at; values.length < count; p += stride) {
      values.push({ name: this.string(this.view.getUint32(p, true)), value: read(p + 4) });
    }
    return values;
  }

  private params(at: number, count: number) {
    const params: { name: string; type: number }[] = [];
    for (let p = at; params.length < count; p += 8) {
      params.push({ name: this.string(this.view.getUint32(p, true)), type: this.view.getUint32(p + 4, true) });
    }
    return params;
  }
}

const decoder = new TextDecoder('latin1');

/** Walks the type section once. */
function typeOffsets(view: DataView, start: number, end: number): Uint32Array {
  // A type takes 12 bytes at least, which bounds their number.
  const offsets = new Uint32Array(Math.floor((end - start) / TYPE_SIZE));
  let count = 0;
  for (let at = start; at < end;) {
    if (at + TYPE_SIZE > end) throw new BtfFormatError('BTF type cut off');
    const info = view.getUint32(at + 4, true);
    const trailer = TRAILER[(info >>> 24) & 0x1f];
    if (trailer === null || trailer === undefined) throw new BtfFormatError(`unknown BTF kind ${(info >>> 24) & 0x1f}`);
    offsets[count++] = at;
    at += TYPE_SIZE + trailer[0] + trailer[1] * (info & 0xffff);
    if (at > end) throw new BtfFormatError('BTF type cut off');
  }
  return offsets.slice(0, count);
}
