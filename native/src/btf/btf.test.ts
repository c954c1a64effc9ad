import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  Btf,
  BtfFormatError,
  BTF_KIND_ENUM,
  BTF_KIND_FUNC,
  BTF_KIND_INT,
  BTF_KIND_STRUCT,
  BTF_KIND_TYPEDEF,
} from './index.ts';

/** Assembles a BTF section by hand: types as words, names by reference. */
class Section {
  private readonly words: number[] = [];
  private text = '\0';

  name(text: string): number {
    if (text === '') return 0;
    const at = this.text.length;
    this.text += `${text}\0`;
    return at;
  }

  type(name: string, kind: number, vlen: number, size: number, ...data: number[]): this {
    this.words.push(this.name(name), (kind << 24) | vlen, size, ...data);
    return this;
  }

  build(): Uint8Array {
    const types = this.words.length * 4;
    const strings = new TextEncoder().encode(this.text);
    const bytes = new Uint8Array(24 + types + strings.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 0xeb9f, true);
    view.setUint8(2, 1);
    for (const [i, word] of [24, 0, types, types, strings.length].entries()) view.setUint32(4 + i * 4, word, true);
    for (const [i, word] of this.words.entries()) view.setUint32(24 + i * 4, word >>> 0, true);
    bytes.set(strings, 24 + types);
    return bytes;
  }
}

const INT_SIGNED = (1 << 24) | 32;

function sample(): Section {
  const section = new Section();
  const names = ['x', 'next', 'A', 'B'].map((n) => section.name(n));
  return section
    .type('int', BTF_KIND_INT, 0, 4, INT_SIGNED)
    .type('node', BTF_KIND_STRUCT, 2, 16, names[0]!, 1, 0, names[1]!, 3, 64)
    .type('', 2, 0, 2)
    .type('node_t', BTF_KIND_TYPEDEF, 0, 2)
    .type('letters', BTF_KIND_ENUM, 2, 4, names[2]!, 1, names[3]!, 7);
}

describe('Btf', () => {
  it('decodes types and finds them by kind and name', () => {
    const btf = new Btf(sample().build());
    expect(btf.endId).toBe(6);
    expect(btf.find(BTF_KIND_STRUCT, 'node')).toEqual([2]);
    expect(btf.find(BTF_KIND_TYPEDEF, 'node')).toEqual([]);
    expect(btf.type(2)).toEqual({
      kind: 'struct',
      name: 'node',
      size: 16,
      members: [
        { name: 'x', type: 1, bitOffset: 0, bitSize: 0 },
        { name: 'next', type: 3, bitOffset: 64, bitSize: 0 },
      ],
    });
    expect(btf.strip(4)).toBe(2);
    expect(btf.enumerator('B')).toEqual({ value: 7n, type: 5 });
    expect(btf.type(0)).toEqual({ kind: 'void' });
    expect(btf.type(999)).toEqual({ kind: 'void' });
  });

  it('reads a module on top of its base', () => {
    const base = new Btf(sample().build());
    const module = new Btf(new Section().type('', 2, 0, 2).build(), base);
    expect(module.firstId).toBe(6);
    expect(module.type(6)).toEqual({ kind: 'pointer', type: 2 });
    expect(module.type(2)).toMatchObject({ name: 'node' });
  });

  it('answers hostile bytes with an error or with types, never with a crash', () => {
    const good = sample().build();
    const broken = fc
      .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 })
      .map((edits) => {
        const bytes = good.slice();
        for (const [at, value] of edits) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(broken, (bytes) => {
        try {
          const btf = new Btf(bytes);
          for (let id = 0; id < Math.min(btf.endId, 100); id++) btf.type(id);
          btf.find(BTF_KIND_STRUCT, 'node');
          btf.enumerator('A');
        } catch (error) {
          expect(error).toBeInstanceOf(BtfFormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.runIf(existsSync('/sys/kernel/btf/vmlinux'))('reads this kernel', () => {
    const btf = new Btf(readFileSync('/sys/kernel/btf/vmlinux'));
    const [task] = btf.find(BTF_KIND_STRUCT, 'task_struct');
    const type = btf.type(task!);
    expect(type).toMatchObject({ kind: 'struct', name: 'task_struct' });
    expect(type.kind === 'struct' && type.members.some((m) => m.name === 'comm')).toBe(true);
    expect(btf.find(BTF_KIND_FUNC, 'vfs_read')).not.toEqual([]);
    // Every type can be decoded, and every enumerator found with its first value.
    const first = new Map<string, bigint>();
    for (let id = 1; id < btf.endId; id++) {
      const decoded = btf.type(id);
      if (decoded.kind !== 'enum') continue;
      for (const { name, value } of decoded.values) if (!first.has(name)) first.set(name, value);
    }
    for (const [name, value] of first) expect(btf.enumerator(name)?.value).toBe(value);
    expect(btf.enumerator('NO_SUCH_ENUMERATOR')).toBeNull();
  });
});
