/** How the source spells a type: `const char*`, `struct point*`, `long int`. */
import { AT, TAG } from './constants.ts';
import type { Die } from './die.ts';

const DEEPEST = 32;
const AFFIXES: ReadonlyMap<number, readonly [before: string, after: string]> = new Map([
  [TAG.pointer_type, ['', '*']],
  [TAG.reference_type, ['', '&']],
  [TAG.rvalue_reference_type, ['', '&&']],
  [TAG.const_type, ['const ', '']],
  [TAG.volatile_type, ['volatile ', '']],
  [TAG.restrict_type, ['', ' restrict']],
  [TAG.structure_type, ['struct ', '']],
  [TAG.union_type, ['union ', '']],
  [TAG.enumeration_type, ['enum ', '']],
]);

/** Of the type that an entry's DW_AT_type names. */
export const spellingOf = (holder: Die | undefined, depth = 0): string => {
  const die = holder === undefined ? null : holder.unit.reference(holder, AT.type);
  if (die === null || depth > DEEPEST) return 'void';
  const [before, after] = AFFIXES.get(die.tag) ?? ['', ''];
  const name = die.unit.text(die, AT.name);
  if (name !== null) return before + name;
  const inner = die.has(AT.type) || before === 'const ' || after !== '' ? spellingOf(die, depth + 1) : '';
  return `${before}${inner}${after}`;
};
