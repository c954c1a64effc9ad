/** Which types fit in a register, and how numbers are brought to a type's range. */
import type { Size } from '@bpfscope/native/asm';
import { sizeOf } from '../../language/layout.ts';
import type { Type } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import type { Builder } from '../ir/builder.ts';

const WORDS: ReadonlySet<Type['kind']> = new Set([
  'bool',
  'int',
  'enum',
  'pointer',
  'ksym',
  'timestamp',
  'username',
  'kstack',
]);

/** Kept in a register; everything else is an object in memory. */
export const isScalar = (type: Type): boolean => WORDS.has(type.kind);

export const scalarSize = (type: Type): Size => sizeOf(type) as Size;

export const isSigned = (type: Type): boolean =>
  type.kind === 'int' || type.kind === 'enum' ? type.signed : type.kind === 'kstack';

/** The low `size` bytes, extended to 64 bits by sign or with zeros. */
export function extend(b: Builder, value: Value, size: Size, signed: boolean): Value {
  if (size === 8) return value;
  const bits = size * 8;
  if (typeof value === 'bigint') return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  if (signed) {
    const shift = BigInt(64 - bits);
    return b.alu('arsh', b.alu('lsh', value, shift), shift);
  }
  return size === 4 ? b.alu('and', value, -1n, 32) : b.alu('and', value, size === 2 ? 0xffffn : 0xffn);
}

/** Every value of `from` is a value of `to` in the same 64-bit form. */
export function fits(from: Type, to: Type): boolean {
  const size = sizeOf(to);
  if (size === 8) return true;
  if (from.kind === 'bool') return true;
  if (sizeOf(from) > size) return false;
  if (sizeOf(from) === size) return isSigned(from) === isSigned(to);
  return !isSigned(from) || isSigned(to);
}
