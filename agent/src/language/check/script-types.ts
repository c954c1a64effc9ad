/**
 * Types by name: those of the script's C preamble first (a definition in the script wins over BTF, and may embed BTF
 * structs), then the host's BTF, then the fixed names of C and stdint.
 */
import type * as ast from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import { alignOf, alignUp, sizeOf } from '../layout.ts';
import type { Target } from '../target.ts';
import type { Field, IntSize, StructTable, StructType, Type } from '../types.ts';

const int = (size: IntSize, signed: boolean): Type => ({ kind: 'int', size, signed });

/** C's own type names and stdint's (LP64), used when BTF has no such name. */
const BASIC: Readonly<Record<string, Type>> = Object.fromEntries([
  ...(
    [
      [1, 'int8 int8_t __s8 s8 char', 'uint8 uint8_t __u8 u8 unsigned_char'],
      [2, 'int16 int16_t __s16 s16 short', 'uint16 uint16_t __u16 u16 unsigned_short __be16 __le16'],
      [
        4,
        'int32 int32_t __s32 s32 int pid_t',
        'uint32 uint32_t __u32 u32 unsigned_int unsigned __be32 __le32 uid_t gid_t',
      ],
      [
        8,
        'int64 int64_t __s64 s64 long long_long ssize_t',
        'uint64 uint64_t __u64 u64 unsigned_long unsigned_long_long size_t uintptr_t __be64 __le64',
      ],
    ] as const
  ).flatMap(([size, signed, unsigned]) => [
    ...signed.split(' ').map((name): [string, Type] => [name.replaceAll('_', ' '), int(size, true)]),
    ...signed.split(' ').map((name): [string, Type] => [name, int(size, true)]),
    ...unsigned.split(' ').map((name): [string, Type] => [name.replaceAll('_', ' '), int(size, false)]),
    ...unsigned.split(' ').map((name): [string, Type] => [name, int(size, false)]),
  ]),
  ['signed char', int(1, true)],
  ['void', { kind: 'none' } satisfies Type],
  ['bool', { kind: 'bool' } satisfies Type],
  ['_Bool', { kind: 'bool' } satisfies Type],
]);

/** A `void` of its own, so that it is not mistaken for the unknown type. */
export const VOID: Type = { kind: 'none' };

/** Arrays of char are strings, as BTF's are. */
function arrayOf(element: Type, count: number, written: ast.CType): Type {
  if (written.kind === 'name' && written.name === 'char' && count > 0) return { kind: 'string', size: count };
  return { kind: 'array', of: element, count };
}

type Tag = 'struct' | 'union' | 'enum';
const TAGS: readonly Tag[] = ['struct', 'union', 'enum'];
/** Ids of structs of programs and libraries. */
const USER = 'dwarf:';
export type Report = (code: string, span: Span, message: string, hint?: string) => void;
const MAX_STRUCT = 1 << 24;

interface Enumerator {
  readonly value: bigint;
  readonly type: Type;
}

export class ScriptTypes implements StructTable {
  private readonly tagged = new Map<string, Type>();
  private readonly typedefs = new Map<string, Type>();
  private readonly members = new Map<string, readonly Field[]>();
  readonly enumerators = new Map<string, Enumerator>();
  /** Enumerators of the kernel by name, as this check found them; null: it has none of the name. */
  private readonly ofKernel = new Map<string, Enumerator | null>();
  private readonly target: Target;
  private anonymous = 0;

  constructor(target: Target) {
    this.target = target;
  }

  fields(id: string): readonly Field[] | null {
    const own = this.members.get(id);
    if (own !== undefined) return own;
    return id.startsWith(USER) ? this.userFields(id) : (this.target.btf?.fields(id) ?? null);
  }

  /** Kept here, with those of the structs inside: what is printed later may come after the binary is gone. */
  private userFields(id: string): readonly Field[] | null {
    const fields = this.target.userStructs?.fields(id) ?? null;
    if (fields === null) return null;
    this.members.set(id, fields);
    for (const { type } of fields) {
      const inner = type.kind === 'array' ? type.of : type;
      if (inner.kind === 'struct') this.fields(inner.id);
    }
    return fields;
  }

  /** Adds members under an id of our own (`args` blocks, tracepoint records). */
  register(id: string, fields: readonly Field[]): void {
    this.members.set(id, fields);
  }

  /** Whether the script defines it itself. tag null: a typedef, or a struct's name without its tag. */
  defines(tag: Tag | null, name: string): boolean {
    if (tag !== null) return this.tagged.has(`${tag} ${name}`);
    return this.typedefs.has(name) || TAGS.some((one) => this.tagged.has(`${one} ${name}`));
  }

  tag(tag: Tag, name: string): Type | null {
    const own = this.tagged.get(`${tag} ${name}`);
    if (own !== undefined) return own;
    if (tag === 'enum') return this.target.btf?.type(`enum ${name}`) ?? null;
    return this.target.btf?.struct(name, tag) ?? null;
  }

  /** A type of C itself; null: none of that name. */
  basic(name: string): Type | null {
    const basic = Object.hasOwn(BASIC, name) ? BASIC[name] : undefined;
    return basic?.kind === 'none' ? VOID : (basic ?? null);
  }

  /** A bare name: typedef or basic type; also a struct's name without its tag. */
  named(name: string): Type | null {
    return (
      this.basic(name) ??
      this.typedefs.get(name) ??
      this.target.btf?.type(name) ??
      this.tag('struct', name) ??
      this.tag('union', name) ??
      this.tag('enum', name)
    );
  }

  enumerator(name: string): Enumerator | null {
    const own = this.enumerators.get(name);
    if (own !== undefined) return own;
    let found = this.ofKernel.get(name);
    if (found === undefined) this.ofKernel.set(name, (found = this.target.btf?.enumerator(name) ?? null));
    return found;
  }

  define(def: ast.CTypeDef, report: Report): Type {
    if (def.kind === 'typedef') {
      const type = this.resolve(def.type, def.span, report);
      this.typedefs.set(def.name, type);
      return type;
    }
    return def.kind === 'enum' ? this.defineEnum(def) : this.defineStruct(def, report);
  }

  private defineEnum(def: Extract<ast.CTypeDef, { kind: 'enum' }>): Type {
    const values = def.members.map((one) => one.value);
    const signed = values.some((value) => value < 0n);
    const large = values.some((value) => value > 0xffffffffn || value < -0x80000000n);
    const members = new Map(def.members.map((one) => [one.value, one.name]));
    const type: Type = { kind: 'enum', name: def.name, size: large ? 8 : 4, signed, members };
    if (def.name !== '') this.tagged.set(`enum ${def.name}`, type);
    for (const one of def.members) this.enumerators.set(one.name, { value: one.value, type });
    return type;
  }

  private defineStruct(def: Extract<ast.CTypeDef, { kind: 'struct' | 'union' }>, report: Report): StructType {
    const union = def.kind === 'union';
    const id = `script:${def.kind} ${def.name === '' ? String(this.anonymous++) : def.name}`;
    // Members may point to the struct itself: a declaration stands in while it is laid out.
    const forward: StructType = { kind: 'struct', union, name: def.name, id, size: 0, align: 1 };
    const before = this.tagged.get(`${def.kind} ${def.name}`);
    if (def.name !== '' && before?.kind === 'struct' && before.size > 0)
      report('duplicate-type', def.span, `${def.kind} ${def.name} is already defined.`);
    if (def.name !== '') this.tagged.set(`${def.kind} ${def.name}`, forward);
    const layout = new Layout(union, def.packed);
    const fields: Field[] = [];
    for (const item of def.members) {
      const type = this.resolve(item.type, item.span, report);
      const field = item.bits === null ? layout.add(item.name, type) : layout.addBits(item.name, type, item.bits);
      if (field !== null) fields.push(field);
    }
    const align = Math.max(layout.align, def.align ?? 1);
    let size = alignUp(layout.end, align);
    if (!Number.isSafeInteger(size) || size > MAX_STRUCT) {
      report('struct-too-large', def.span, `${def.kind} ${def.name} is too large.`);
      size = 0;
    }
    const type: StructType = { ...forward, size, align };
    if (def.name !== '') this.tagged.set(`${def.kind} ${def.name}`, type);
    this.members.set(id, fields);
    return type;
  }

  private resolve(type: ast.CType, span: Span, report: Report): Type {
    switch (type.kind) {
      case 'pointer':
        return { kind: 'pointer', to: this.resolvePointee(type.to, span, report), space: 'unknown' };
      case 'function':
        return VOID;
      case 'array':
        return arrayOf(this.resolve(type.of, span, report), type.count ?? 0, type.of);
      case 'inline':
        return this.define(type.def, report);
      case 'tagged': {
        const found = this.tag(type.tag, type.name);
        if (found !== null) return found;
        break;
      }
      case 'name': {
        const found = this.named(type.name);
        if (found !== null) return found;
        break;
      }
    }
    const name = type.kind === 'tagged' ? `${type.tag} ${type.name}` : type.name;
    if (this.target.empty !== true) report('unknown-type', span, `Unknown type ${name}.`);
    return VOID;
  }

  /** What is pointed to may be unknown or defined later; it is looked up when it is used. */
  private resolvePointee(type: ast.CType, span: Span, report: Report): Type {
    if (type.kind === 'tagged' && type.tag !== 'enum' && this.tag(type.tag, type.name) === null) {
      const id = `script:${type.tag} ${type.name}`;
      return { kind: 'struct', union: type.tag === 'union', name: type.name, id, size: 0, align: 1 };
    }
    return this.resolve(type, span, report);
  }

  /** The full definition of a struct that was only declared where it was met. */
  complete(type: StructType): StructType {
    if (type.size > 0) return type;
    // A program's struct has nothing to do with the kernel's of the same name.
    const tag = type.union ? 'union' : 'struct';
    const found = type.id.startsWith(USER) ? this.tagged.get(`${tag} ${type.name}`) : this.tag(tag, type.name);
    return found?.kind === 'struct' ? found : type;
  }
}

/** C layout of the x86-64 and arm64 ABI, bit fields included. */
class Layout {
  end = 0;
  align = 1;
  private bitEnd = 0;
  private readonly union: boolean;
  private readonly packed: boolean;

  constructor(union: boolean, packed: boolean) {
    this.union = union;
    this.packed = packed;
  }

  add(name: string, type: Type): Field {
    const align = this.packed ? 1 : alignOf(type);
    const offset = this.union ? 0 : alignUp(this.end, align);
    this.align = Math.max(this.align, align);
    this.end = this.union ? Math.max(this.end, sizeOf(type)) : offset + sizeOf(type);
    this.bitEnd = this.end * 8;
    return { name, type, offset };
  }

  /** null for unnamed padding (`int : 3`). */
  addBits(name: string, type: Type, width: number): Field | null {
    const unit = sizeOf(type) * 8;
    if (width === 0 || unit === 0 || width > unit) {
      this.bitEnd = alignUp(this.bitEnd, Math.max(8, unit));
      this.end = Math.max(this.end, this.bitEnd / 8);
      return null;
    }
    let start = this.union ? 0 : this.bitEnd;
    if (!this.packed && Math.floor(start / unit) !== Math.floor((start + width - 1) / unit))
      start = alignUp(start, unit);
    const offset = Math.floor(start / unit) * (unit / 8);
    this.bitEnd = start + width;
    this.end = Math.max(this.end, Math.ceil(this.bitEnd / 8));
    if (name !== '' && !this.packed) this.align = Math.max(this.align, alignOf(type));
    return name === '' ? null : { name, type, offset, bits: { offset: start - offset * 8, width } };
  }
}
