/**
 * Name look-up without a JavaScript string per type: an open-addressing table of type ids, hashed by the bytes of the
 * name. 130,000 names take about 1 MB and a few milliseconds; a Map of strings takes 15 MB and ten times as long.
 */
import { BTF_KIND_ENUM, BTF_KIND_ENUM64 } from './kind.ts';

interface Source {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly firstId: number;
  nameAt(offset: number): number;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export class NameIndex {
  private readonly source: Source;
  /** 1 + position in `offsets`; 0 is free. */
  private readonly slots: Uint32Array;
  private readonly mask: number;
  private enumerators: EnumeratorIndex | null = null;

  constructor(source: Source) {
    this.source = source;
    let size = 1024;
    while (size < source.offsets.length * 2) size *= 2;
    this.slots = new Uint32Array(size);
    this.mask = size - 1;
    this.fill();
  }

  /** Ids of a kind and name, ascending. */
  find(kind: number, name: string): number[] {
    const { view, bytes, offsets, firstId } = this.source;
    const wanted = new TextEncoder().encode(name);
    const found: number[] = [];
    for (
      let slot = hashOf(wanted, 0, wanted.length) & this.mask;
      this.slots[slot] !== 0;
      slot = (slot + 1) & this.mask
    ) {
      const position = this.slots[slot]! - 1;
      const at = offsets[position]!;
      if (((view.getUint32(at + 4, true) >>> 24) & 0x1f) !== kind) continue;
      const start = this.source.nameAt(view.getUint32(at, true));
      if (matches(bytes, start, wanted)) found.push(firstId + position);
    }
    return found.sort((a, b) => a - b);
  }

  /** The first definition wins. Enumerators are indexed on first use: few queries name one. */
  enumerator(name: string): { readonly value: bigint; readonly type: number } | null {
    this.enumerators ??= new EnumeratorIndex(this.source);
    return this.enumerators.find(name);
  }

  private fill(): void {
    const { view, bytes, offsets } = this.source;
    for (let position = 0; position < offsets.length; position++) {
      const offset = view.getUint32(offsets[position]!, true);
      if (offset === 0) continue;
      const start = this.source.nameAt(offset);
      // A module's type may use a name of vmlinux's string section: index it by the base's table then.
      if (start < 0) continue;
      // A section cut off may end without a NUL.
      const end = bytes.indexOf(0, start);
      let slot = hashOf(bytes, start, end < 0 ? bytes.length : end) & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = position + 1;
    }
  }
}

/** Some 30,000 enumerators by the hash of their name, as positions in the type section. */
class EnumeratorIndex {
  private readonly source: Source;
  /** Position of the enum in `offsets` and of the enumerator in bytes, by slot; an `at` of 0 is free. */
  private readonly types: Uint32Array;
  private readonly at: Uint32Array;
  private readonly mask: number;

  constructor(source: Source) {
    this.source = source;
    let count = 0;
    for (const position of this.enums()) count += this.count(position);
    let size = 1024;
    while (size < count * 2) size *= 2;
    this.types = new Uint32Array(size);
    this.at = new Uint32Array(size);
    this.mask = size - 1;
    for (const position of this.enums()) this.add(position);
  }

  find(name: string): { readonly value: bigint; readonly type: number } | null {
    const { view, bytes, offsets, firstId } = this.source;
    const wanted = new TextEncoder().encode(name);
    for (let slot = hashOf(wanted, 0, wanted.length) & this.mask; this.at[slot] !== 0; slot = (slot + 1) & this.mask) {
      const at = this.at[slot]!;
      if (!matches(bytes, this.source.nameAt(view.getUint32(at, true)), wanted)) continue;
      const position = this.types[slot]!;
      const info = view.getUint32(offsets[position]! + 4, true);
      return { value: enumValue(view, at + 4, strideOf(info), info >>> 31 === 1), type: firstId + position };
    }
    return null;
  }

  private *enums(): Generator<number> {
    const { view, offsets } = this.source;
    for (let position = 0; position < offsets.length; position++) {
      const kind = (view.getUint32(offsets[position]! + 4, true) >>> 24) & 0x1f;
      if (kind === BTF_KIND_ENUM || kind === BTF_KIND_ENUM64) yield position;
    }
  }

  private count(position: number): number {
    return this.source.view.getUint32(this.source.offsets[position]! + 4, true) & 0xffff;
  }

  private add(position: number): void {
    const { view, bytes, offsets } = this.source;
    const stride = strideOf(view.getUint32(offsets[position]! + 4, true));
    for (let i = 0, at = offsets[position]! + 12; i < this.count(position); i++, at += stride) {
      const start = this.source.nameAt(view.getUint32(at, true));
      if (start < 0) continue;
      const end = bytes.indexOf(0, start);
      let slot = hashOf(bytes, start, end < 0 ? bytes.length : end) & this.mask;
      while (this.at[slot] !== 0) slot = (slot + 1) & this.mask;
      this.at[slot] = at;
      this.types[slot] = position;
    }
  }
}

const strideOf = (info: number): number => (((info >>> 24) & 0x1f) === BTF_KIND_ENUM ? 8 : 12);

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p]!, FNV_PRIME);
  return hash;
}

function enumValue(view: DataView, at: number, stride: number, signed: boolean): bigint {
  if (stride === 8) return BigInt(signed ? view.getInt32(at, true) : view.getUint32(at, true));
  return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
}

function matches(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  if (start < 0) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return bytes[start + wanted.length] === 0;
}
