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
  private enumerators: Map<string, { value: bigint; type: number }> | null = null;

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
    let hash = FNV_OFFSET;
    for (const byte of wanted) hash = Math.imul(hash ^ byte, FNV_PRIME);
    for (let slot = hash & this.mask; this.slots[slot] !== 0; slot = (slot + 1) & this.mask) {
      const position = this.slots[slot]! - 1;
      const at = offsets[position]!;
      if (((view.getUint32(at + 4, true) >>> 24) & 0x1f) !== kind) continue;
      const start = this.source.nameAt(view.getUint32(at, true));
      if (matches(bytes, start, wanted)) found.push(firstId + position);
    }
    return found.sort((a, b) => a - b);
  }

  /** Enumerators are few (some 30,000) and seldom asked for: a Map, on first use. */
  enumerator(name: string): { readonly value: bigint; readonly type: number } | null {
    this.enumerators ??= this.collectEnumerators();
    return this.enumerators.get(name) ?? null;
  }

  private fill(): void {
    const { view, bytes, offsets } = this.source;
    for (let position = 0; position < offsets.length; position++) {
      const offset = view.getUint32(offsets[position]!, true);
      if (offset === 0) continue;
      const start = this.source.nameAt(offset);
      // A module's type may use a name of vmlinux's string section: index it by the base's table then.
      if (start < 0) continue;
      let hash = FNV_OFFSET;
      // A section cut off may end without a NUL.
      for (let p = start; p < bytes.length && bytes[p] !== 0; p++) hash = Math.imul(hash ^ bytes[p]!, FNV_PRIME);
      let slot = hash & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = position + 1;
    }
  }

  private collectEnumerators(): Map<string, { value: bigint; type: number }> {
    const { view, bytes, offsets, firstId } = this.source;
    const decoder = new TextDecoder('latin1');
    const all = new Map<string, { value: bigint; type: number }>();
    for (let position = 0; position < offsets.length; position++) {
      const at = offsets[position]!;
      const info = view.getUint32(at + 4, true);
      const kind = (info >>> 24) & 0x1f;
      if (kind !== BTF_KIND_ENUM && kind !== BTF_KIND_ENUM64) continue;
      const stride = kind === BTF_KIND_ENUM ? 8 : 12;
      const signed = info >>> 31 === 1;
      for (let i = 0, p = at + 12; i < (info & 0xffff); i++, p += stride) {
        const start = this.source.nameAt(view.getUint32(p, true));
        if (start < 0) continue;
        const end = bytes.indexOf(0, start);
        const name = decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
        if (!all.has(name)) all.set(name, { value: enumValue(view, p + 4, stride, signed), type: firstId + position });
      }
    }
    return all;
  }
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
