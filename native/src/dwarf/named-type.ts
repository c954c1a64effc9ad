/** Types by their names in one unit: what `struct foo` means to the source around a probe. */
import type { Unit } from './compilation.ts';
import { AT, TAG } from './constants.ts';
import { readType } from './type-reader.ts';
import type { DwarfType } from './type.ts';

/** null: a name without a tag, which is a typedef, and in C++ also a class. */
export type TypeTag = 'struct' | 'union' | 'enum' | null;

const WITH_TAG: Readonly<Record<'struct' | 'union' | 'enum', ReadonlySet<number>>> = {
  struct: new Set([TAG.structure_type, TAG.class_type]),
  union: new Set([TAG.union_type]),
  enum: new Set([TAG.enumeration_type]),
};
const WITHOUT: ReadonlySet<number> = new Set([
  TAG.typedef,
  TAG.base_type,
  ...Object.values(WITH_TAG).flatMap((tags) => [...tags]),
]);
/** Types inside of functions are not seen from outside. */
const CLOSED: ReadonlySet<number> = new Set([TAG.subprogram]);

/** The definition, not a declaration; null when the unit has none. */
export const namedType = (unit: Unit, tag: TypeTag, name: string): DwarfType | null => {
  for (const die of unit.entries(tag === null ? WITHOUT : WITH_TAG[tag], CLOSED)) {
    if (!die.has(AT.declaration) && unit.text(die, AT.name) === name) return readType(die);
  }
  return null;
};
