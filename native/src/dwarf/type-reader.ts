/** From type entries to types. Names and qualifiers on the way vanish. */
import { AT, CONVENTION, CPLUSPLUS, ENCODING, FORM, TAG } from './constants.ts';
import type { Die } from './die.ts';
import { DwarfReader } from './reader.ts';
import type { DwarfMember, DwarfStruct, DwarfType } from './type.ts';

const VOID: DwarfType = { kind: 'void' };
const NAMES_AND_QUALIFIERS: ReadonlySet<number> = new Set([
  TAG.typedef,
  TAG.const_type,
  TAG.volatile_type,
  TAG.restrict_type,
  TAG.atomic_type,
  TAG.immutable_type,
]);
const POINTERS: ReadonlySet<number> = new Set([TAG.pointer_type, TAG.reference_type, TAG.rvalue_reference_type]);
const STRUCTS: ReadonlySet<number> = new Set([TAG.structure_type, TAG.class_type, TAG.union_type]);
const MEMBERS: ReadonlySet<number> = new Set([TAG.member, TAG.inheritance]);
/** Chains of typedefs, and arrays of arrays. */
const DEEPEST = 64;
const MOST_MEMBERS = 1 << 14;
const POINTER_SIZE = 8;
const DW_OP_plus_uconst = 0x23;
const DW_OP_constu = 0x10;

/** Identifies an entry in a binary. */
export const idOf = ({ unit, offset }: Die): string =>
  `${unit.file.label}${(unit.header.start + offset).toString(16)}${unit.header.kind === 2 ? 't' : ''}`;

/** The type that an entry's DW_AT_type names; void when it names none. */
export const typeOf = (die: Die, depth = 0): DwarfType => {
  const type = die.unit.reference(die, AT.type);
  return type === null ? VOID : readType(type, depth);
};

export const readType = (start: Die, depth = 0): DwarfType => {
  let die = start;
  for (let hops = 0; NAMES_AND_QUALIFIERS.has(die.tag); hops++) {
    const next = hops < DEEPEST ? die.unit.reference(die, AT.type) : null;
    if (next === null) return VOID;
    die = next;
  }
  const { tag, unit } = die;
  const size = unit.number(die, AT.byte_size) ?? 0;
  if (depth > DEEPEST) return { kind: 'unknown', size };
  if (tag === TAG.base_type) return baseType(die, size);
  if (POINTERS.has(tag)) {
    const pointer = die;
    return { kind: 'pointer', to: () => typeOf(pointer) };
  }
  if (STRUCTS.has(tag)) return structOf(die);
  if (tag === TAG.array_type) return arrayOf(die, depth);
  if (tag === TAG.enumeration_type) return enumOf(die, size, depth);
  if (tag === TAG.ptr_to_member_type) return { kind: 'unknown', size: size || POINTER_SIZE };
  // A function is nothing that can be read.
  return tag === TAG.subroutine_type || tag === TAG.unspecified_type ? VOID : { kind: 'unknown', size };
};

const baseType = (die: Die, size: number): DwarfType => {
  const encoding = die.unit.number(die, AT.encoding) ?? 0;
  if (encoding === ENCODING.boolean && size === 1) return { kind: 'bool', size };
  if (encoding === ENCODING.float || encoding === ENCODING.complex_float || encoding === ENCODING.decimal_float) {
    return { kind: 'float', size, complex: encoding === ENCODING.complex_float };
  }
  const char = encoding === ENCODING.signed_char || encoding === ENCODING.unsigned_char;
  const signed = encoding === ENCODING.signed || encoding === ENCODING.signed_char;
  // `unsigned char` and `u8` are numbers, `char` is text.
  return { kind: 'int', size, signed, char: char && size === 1 && die.unit.text(die, AT.name) === 'char' };
};

const arrayOf = (die: Die, depth: number): DwarfType => {
  let type = typeOf(die, depth + 1);
  const counts: number[] = [];
  for (const child of die.children()) if (child.tag === TAG.subrange_type) counts.push(countOf(child));
  // The last dimension is the innermost.
  for (const count of counts.reverse()) type = { kind: 'array', of: type, count };
  return type;
};

/** 0 for an array whose length only the program knows. */
const countOf = (die: Die): number => {
  const count = die.unit.number(die, AT.count);
  if (count !== null) return Math.max(0, count);
  const upper = die.unit.number(die, AT.upper_bound);
  // -1, and what -1 is when it is written unsigned: `int a[0]`.
  return upper === null || upper < 0 || upper >= 0xffff_ffff ? 0 : upper + 1;
};

const enumOf = (die: Die, size: number, depth: number): DwarfType => {
  const base = typeOf(die, depth + 1);
  const members = new Map<bigint, string>();
  let negative = false;
  for (const child of die.children()) {
    if (child.tag !== TAG.enumerator || members.size >= MOST_MEMBERS) continue;
    const value = child.value(AT.const_value);
    if (value === null) continue;
    negative ||= value.value < 0;
    members.set(value.exact ?? BigInt(value.value), child.unit.text(child, AT.name) ?? '');
  }
  const signed = base.kind === 'int' ? base.signed : negative;
  return { kind: 'enum', name: die.unit.text(die, AT.name) ?? '', size: size || 4, signed, members };
};

const structOf = (declared: Die): DwarfStruct => {
  // With type units a declaration says where the definition is.
  const definition = declared.has(AT.signature) ? declared.unit.reference(declared, AT.signature) : null;
  const die = definition ?? declared;
  const { unit } = die;
  let members: readonly DwarfMember[] | null | undefined;
  let align: number | undefined;
  const struct: DwarfStruct = {
    kind: 'struct',
    union: die.tag === TAG.union_type,
    name: unit.text(die, AT.name) ?? '',
    id: idOf(die),
    size: unit.number(die, AT.byte_size) ?? 0,
    get align() {
      return (align ??= unit.number(die, AT.alignment) ?? alignOfMembers(struct));
    },
    get byReference() {
      return passedByReference(die);
    },
    members: () => (members === undefined ? (members = readMembers(die)) : members),
  };
  return struct;
};

/** Classes that have to be copied or destroyed by their own functions are passed by address; null when nobody says. */
const passedByReference = (die: Die): boolean | null => {
  const { unit } = die;
  const convention = unit.number(die, AT.calling_convention);
  if (convention === CONVENTION.pass_by_reference) return true;
  if (convention === CONVENTION.pass_by_value || !CPLUSPLUS.has(unit.number(unit.root, AT.language) ?? 0)) return false;
  for (const child of die.children()) {
    const own = child.tag === TAG.subprogram && !child.has(AT.artificial) && !child.has(AT.defaulted);
    if (own && (unit.text(child, AT.name) ?? '').startsWith('~')) return true;
  }
  return null;
};

const readMembers = (die: Die): readonly DwarfMember[] | null => {
  if (die.has(AT.declaration)) return null;
  const members: DwarfMember[] = [];
  for (const child of die.children()) {
    if (!MEMBERS.has(child.tag) || child.has(AT.external) || child.has(AT.declaration)) continue;
    if (members.length >= MOST_MEMBERS) break;
    const member = memberOf(child);
    if (member !== null) members.push(member);
  }
  return members;
};

const memberOf = (die: Die): DwarfMember | null => {
  const { unit } = die;
  const offset = memberOffset(die);
  // A virtual base's place is known at run time only.
  if (offset === null) return null;
  const name = die.tag === TAG.inheritance ? '' : (unit.text(die, AT.name) ?? '');
  const type = typeOf(die);
  const width = unit.number(die, AT.bit_size);
  if (width === null) return { name, type, offset };
  const first = unit.number(die, AT.data_bit_offset);
  if (first !== null) return { name, type, offset: 0, bits: { offset: first, width } };
  // DWARF 2 counts from the top of the storage unit.
  const unitBits = (unit.number(die, AT.byte_size) ?? sizeOfType(type)) * 8;
  const fromTop = unit.number(die, AT.bit_offset) ?? 0;
  return { name, type, offset: 0, bits: { offset: offset * 8 + unitBits - fromTop - width, width } };
};

const memberOffset = (die: Die): number | null => {
  const value = die.value(AT.data_member_location);
  if (value === null) return 0;
  if (value.form !== FORM.exprloc && value.form !== FORM.block1 && value.form !== FORM.block) return value.value;
  const reader = new DwarfReader(die.unit.block(value));
  const operation = reader.u8();
  return operation === DW_OP_plus_uconst || operation === DW_OP_constu ? reader.uleb() : null;
};

export const sizeOfType = (type: DwarfType): number => {
  if (type.kind === 'void') return 0;
  if (type.kind === 'pointer') return POINTER_SIZE;
  return type.kind === 'array' ? type.count * sizeOfType(type.of) : type.size;
};

const LARGEST_ALIGN = 16;

export const alignOfType = (type: DwarfType): number => {
  if (type.kind === 'array') return alignOfType(type.of);
  if (type.kind === 'struct') return type.align;
  return Math.max(1, Math.min(LARGEST_ALIGN, sizeOfType(type)));
};

/** The strictest member's, unless a member's place shows that the struct is packed. */
const alignOfMembers = (struct: DwarfStruct): number => {
  let align = 1;
  for (const { type, offset, bits } of struct.members() ?? []) {
    if (bits !== undefined) continue;
    const own = alignOfType(type);
    if (offset % own !== 0) return 1;
    align = Math.max(align, own);
  }
  return struct.size % align === 0 ? align : 1;
};
