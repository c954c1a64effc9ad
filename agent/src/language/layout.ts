/**
 * How every type lies in memory: shared by the checker (sizeof), the back end (keys, values, records) and the decoder.
 * Tuples and records are laid out like C structs: natural alignment, tail padded to the alignment.
 */
import type { Aggregate, Type } from './types.ts';

interface Shape {
  readonly size: number;
  readonly align: number;
}

const shape = (size: number, align: number): Shape => ({ size, align });

/** Kinds whose layout does not depend on the type's parameters; sources are the comments in types.ts. */
const FIXED: Partial<Record<Type['kind'], Shape>> = {
  none: shape(0, 1),
  bool: shape(1, 1),
  pointer: shape(8, 8),
  inet: shape(24, 8),
  mac: shape(6, 1),
  ksym: shape(8, 8),
  usym: shape(16, 8),
  kstack: shape(8, 8),
  ustack: shape(16, 8),
  timestamp: shape(8, 8),
  cgroup_path: shape(16, 8),
  username: shape(8, 8),
};

/** The next multiple of a power-of-two or any other positive alignment. */
export function alignUp(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}

/** Bytes a value of the type takes. */
export function sizeOf(type: Type): number {
  return shapeOf(type).size;
}

/** Natural alignment in bytes. */
export function alignOf(type: Type): number {
  return shapeOf(type).align;
}

/** Byte offset of each member of a sequence laid out like a C struct. */
export function offsetsOf(types: readonly Type[]): number[] {
  let end = 0;
  return types.map((type) => {
    const { size, align } = shapeOf(type);
    const offset = alignUp(end, align);
    end = offset + size;
    return offset;
  });
}

/** The element types of a tuple or record, in order; null for other types. */
export function elementTypes(type: Type): readonly Type[] | null {
  if (type.kind === 'tuple') return type.elements;
  if (type.kind === 'record') return type.fields.map((field) => field.type);
  return null;
}

/** Byte offset of each element of a tuple or record. */
export function elementOffsets(type: Type): number[] {
  return offsetsOf(elementTypes(type) ?? []);
}

/** Byte ranges `[start, end)` of a tuple, record or nested one that no element covers: zero in keys, which compare by bytes. */
export function paddingOf(type: Type, base = 0): { readonly start: number; readonly end: number }[] {
  const holes: { start: number; end: number }[] = [];
  if (type.kind === 'array') {
    const size = sizeOf(type.of);
    if (paddingOf(type.of).length === 0) return holes;
    for (let i = 0; i < type.count; i++) holes.push(...paddingOf(type.of, base + i * size));
    return holes;
  }
  const elements = elementTypes(type);
  if (elements === null) return holes;
  let end = 0;
  offsetsOf(elements).forEach((offset, i) => {
    const element = elements[i] as Type;
    if (offset > end) holes.push({ start: base + end, end: base + offset });
    holes.push(...paddingOf(element, base + offset));
    end = offset + sizeOf(element);
  });
  const total = sizeOf(type);
  if (total > end) holes.push({ start: base + end, end: base + total });
  return holes;
}

/** How many buckets a histogram has; the formula is the one that gives a value's bucket, for the largest value. */
export function bucketCount(aggregate: Extract<Aggregate, { kind: 'hist' | 'lhist' }>): number {
  if (aggregate.kind === 'hist') {
    const { bits } = aggregate;
    const last = ((62 - bits + 1) << bits) + (2 ** bits - 1) + 1;
    return last + 1;
  }
  const { min, max, step } = aggregate;
  return Number((max - min) / step) + 2;
}

function aggregateSize(aggregate: Aggregate): number {
  switch (aggregate.kind) {
    case 'count':
    case 'sum':
      return 8;
    case 'min':
    case 'max':
    case 'avg':
    case 'stats':
      return 16;
    case 'hist':
    case 'lhist':
      return 8 * bucketCount(aggregate);
    case 'tseries':
      return 24 * aggregate.buckets;
  }
}

function sequenceShape(types: readonly Type[]): Shape {
  let end = 0;
  let align = 1;
  for (const type of types) {
    const one = shapeOf(type);
    end = alignUp(end, one.align) + one.size;
    align = Math.max(align, one.align);
  }
  return shape(alignUp(end, align), align);
}

function shapeOf(type: Type): Shape {
  switch (type.kind) {
    case 'int':
    case 'enum':
      return shape(type.size, type.size);
    case 'string':
      return shape(type.size, 1);
    case 'buffer':
      return shape(alignUp(4 + type.size, 4), 4);
    case 'array': {
      const one = shapeOf(type.of);
      return shape(one.size * type.count, one.align);
    }
    case 'struct':
      return shape(type.size, Math.max(1, type.align));
    case 'tuple':
    case 'record':
      return sequenceShape(elementTypes(type) ?? []);
    case 'aggregate':
      return shape(aggregateSize(type.of), 8);
    default:
      return FIXED[type.kind] ?? shape(0, 1);
  }
}
