/** Decoded values as the protocol carries them. */
import { isInt, type Datum } from '../decode/datum.ts';
import { fitsDouble, type Int } from '../decode/integer.ts';
import { datumText } from '../decode/text.ts';
import type { Type } from '../language/types.ts';
import type { KeyColumn, Value } from '../protocol/index.ts';

export function intValue(value: Int): number | string {
  return fitsDouble(value) ? Number(value) : value.toString();
}

export function datumValue(value: Datum): Value {
  if (isInt(value)) return intValue(value);
  if (typeof value === 'boolean') return value;
  return datumText(value);
}

/** Stacks are frames, root first, as flame graphs want them. */
export function keyValue(value: Datum): number | string | boolean | string[] {
  if (value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'stack') {
    return [...value.frames].reverse();
  }
  return datumValue(value) ?? '';
}

const NUMBERS: ReadonlySet<Type['kind']> = new Set(['int', 'aggregate']);

export function columnType(type: Type): KeyColumn['type'] {
  if (NUMBERS.has(type.kind)) return 'number';
  if (type.kind === 'bool') return 'boolean';
  return type.kind === 'kstack' || type.kind === 'ustack' ? 'stack' : 'string';
}
