/** Structural equality of types. */
import { elementTypes } from '../layout.ts';
import type { Aggregate, Type } from '../types.ts';

function sameKeys(a: object, b: object): boolean {
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  let count = 0;
  for (const key in left) {
    if (right[key] !== left[key]) return false;
    count++;
  }
  for (const _ in right) count--;
  return count === 0;
}

function sameAggregate(a: Aggregate, b: Aggregate): boolean {
  return sameKeys(a, b);
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'int':
      return sameKeys(a, b);
    case 'pointer':
      return b.kind === 'pointer' && a.space === b.space && sameType(a.to, b.to);
    case 'array':
      return b.kind === 'array' && a.count === b.count && sameType(a.of, b.of);
    case 'struct':
      return b.kind === 'struct' && a.id === b.id;
    case 'enum':
      return b.kind === 'enum' && a.name === b.name && a.size === b.size;
    case 'record':
      return b.kind === 'record' && a.fields.every((f, i) => f.name === b.fields[i]?.name) && sameElements(a, b);
    case 'tuple':
      return sameElements(a, b);
    case 'aggregate':
      return b.kind === 'aggregate' && sameAggregate(a.of, b.of);
    default:
      return sameKeys(a, b);
  }
}

function sameElements(a: Type, b: Type): boolean {
  const left = elementTypes(a) ?? [];
  const right = elementTypes(b) ?? [];
  return left.length === right.length && left.every((one, i) => sameType(one, right[i] as Type));
}
