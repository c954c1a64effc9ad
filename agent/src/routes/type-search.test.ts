import { describe, expect, it } from 'vitest';
import { emptyTarget } from '../language/empty-target.ts';
import type { Btf, Target } from '../language/target.ts';
import type { Field, StructType, Type } from '../language/types.ts';
import { INT64 } from '../language/types.ts';
import { searchTypes } from './type-search.ts';

const struct = (id: string, name: string, union = false): StructType => ({
  kind: 'struct',
  id,
  name,
  union,
  size: 16,
  align: 8,
});
const field = (name: string, type: Type, offset: number): Field => ({ name, type, offset });

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  sock: [field('id', INT64, 0), field('', struct('inner', '', true), 8)],
  inner: [field('next', { kind: 'pointer', to: struct('sock', 'sock'), space: 'kernel' }, 8), field('raw', INT64, 8)],
};
const TYPES: Readonly<Record<string, Type>> = { 'struct sock': struct('sock', 'sock'), size_t: INT64 };

const btf = {
  fields: (id: string) => FIELDS[id] ?? null,
  type: (name: string) => TYPES[name] ?? null,
  typeNames: () => ['size_t', 'struct Sock', 'struct sock', 'struct socket'],
} as unknown as Btf;
const target: Target = { ...emptyTarget, btf };

describe('types of the kernel', () => {
  it('are found by wildcards, without their members', () => {
    expect(searchTypes(target, 'struct so*', 2)).toEqual({
      types: [
        { name: 'struct Sock', members: [] },
        { name: 'struct sock', members: [] },
      ],
      total: 3,
    });
  });

  it('have members by their names, those of members without a name among them', () => {
    expect(searchTypes(target, 'struct sock', 10).types).toEqual([
      {
        name: 'struct sock',
        members: [
          { name: 'id', type: 'int64' },
          { name: 'next', type: 'struct sock *' },
          { name: 'raw', type: 'int64' },
        ],
      },
    ]);
    expect(searchTypes(target, 'size_t', 10).types).toEqual([{ name: 'size_t', members: [] }]);
  });

  it('may not be there', () => {
    expect(searchTypes(target, 'struct none', 10)).toEqual({ types: [], total: 0 });
    expect(searchTypes(emptyTarget, 'struct s*', 10)).toEqual({ types: [], total: 0 });
  });
});
