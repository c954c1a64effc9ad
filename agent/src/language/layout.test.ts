import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignOf, bucketCount, elementOffsets, elementTypes, paddingOf, sizeOf } from './layout.ts';
import { typeName } from './type-name.ts';
import { INT64, UINT32, UINT64 } from './types.ts';
import type { IntType, Type } from './types.ts';

const UINT8: IntType = { kind: 'int', size: 1, signed: false };
const COMM: Type = { kind: 'string', size: 16 };
const tuple = (...elements: Type[]): Type => ({ kind: 'tuple', elements });

const scalar = fc.constantFrom<Type>(UINT8, UINT32, UINT64, INT64, COMM, { kind: 'bool' }, { kind: 'inet' });
const { type: anyType } = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('type'), { maxLength: 5 }).map((elements): Type => ({ kind: 'tuple', elements })),
  ),
}));

describe('layout', () => {
  it.each<[string, Type, number, number[]]>([
    ['pid and comm', tuple(UINT32, COMM), 20, [0, 4]],
    ['comm and pid', tuple(COMM, UINT32), 20, [0, 16]],
    ['byte, u64, byte', tuple(UINT8, UINT64, UINT8), 24, [0, 8, 16]],
    ['nested', tuple(UINT8, tuple(UINT8, UINT32)), 12, [0, 4]],
    ['empty', tuple(), 0, []],
  ])('%s', (_name, type, size, offsets) => {
    expect(sizeOf(type)).toBe(size);
    expect(elementOffsets(type)).toEqual(offsets);
  });

  it('covers every byte of a tuple once, by an element or by padding', () => {
    fc.assert(
      fc.property(anyType, (type) => {
        const covered = new Uint8Array(sizeOf(type));
        const mark = (start: number, end: number) => {
          for (let i = start; i < end; i++) covered[i] = (covered[i] ?? 0) + 1;
        };
        const leaves = (one: Type, base: number) => {
          const elements = elementTypes(one);
          if (elements === null) return mark(base, base + sizeOf(one));
          const offsets = elementOffsets(one);
          elements.forEach((element, i) => {
            const offset = offsets[i] as number;
            expect(offset % alignOf(element)).toBe(0);
            leaves(element, base + offset);
          });
        };
        leaves(type, 0);
        for (const hole of paddingOf(type)) mark(hole.start, hole.end);
        expect(covered.every((times) => times === 1)).toBe(true);
      }),
    );
  });

  it('counts the buckets of histograms', () => {
    expect(bucketCount({ kind: 'hist', bits: 0 })).toBe(65);
    expect(bucketCount({ kind: 'hist', bits: 2 })).toBe((61 << 2) + 5);
    expect(bucketCount({ kind: 'lhist', min: 0n, max: 100n, step: 10n })).toBe(12);
    expect(bucketCount({ kind: 'lhist', min: 0n, max: 101n, step: 10n })).toBe(12);
  });
});

describe('type names', () => {
  it.each<[Type, string]>([
    [UINT64, 'uint64'],
    [COMM, 'string[16]'],
    [{ kind: 'pointer', to: { kind: 'pointer', to: { kind: 'none' }, space: 'user' }, space: 'kernel' }, 'void **'],
    [
      {
        kind: 'pointer',
        space: 'kernel',
        to: { kind: 'struct', union: false, name: 'task_struct', id: '', size: 1, align: 1 },
      },
      'struct task_struct *',
    ],
    [tuple(UINT32, COMM), '(uint32,string[16])'],
    [{ kind: 'aggregate', of: { kind: 'hist', bits: 0 } }, 'hist_t'],
  ])('%j', (type, name) => {
    expect(typeName(type)).toBe(name);
  });
});
