/** Types of a binary's debugging information turned into the language's types. Pointers point into the process. */
import type { DwarfStruct, DwarfType, FunctionInfo } from '@bpfscope/native/dwarf';
import type { FunctionPrototype } from '../language/target.ts';
import { BOOL, NONE, UINT64, type Field, type IntSize, type StructType, type Type } from '../language/types.ts';

const isIntSize = (size: number): size is IntSize => size === 1 || size === 2 || size === 4 || size === 8;

/** Compilers' copies of functions that take other arguments than the source says. */
const COPIES = /\.(?:constprop|isra|part)\b/;

/** Types are read late: what is damaged, or closed by then, is a type that nobody knows. */
const orNone = (read: () => Type): Type => {
  try {
    return read();
  } catch {
    return NONE;
  }
};

export class DwarfTypes {
  /** `dwarf:` and what identifies the binary. */
  readonly #prefix: string;
  readonly #structs = new Map<string, { readonly type: StructType; readonly source: DwarfStruct }>();
  readonly #members = new Map<string, readonly Field[] | null>();

  constructor(key: string) {
    this.#prefix = `dwarf:${key}:`;
  }

  prototype(fn: FunctionInfo, symbol: string): FunctionPrototype {
    const copy = COPIES.test(symbol)
      ? `the compiler made a copy of the function, ${symbol}, with other arguments`
      : null;
    return {
      name: fn.name,
      btfId: 0,
      module: '',
      params: fn.params.map(({ name, type, spelling, place }) => ({
        name,
        type: this.type(type),
        spelling,
        place: copy === null ? place : { kind: 'nowhere', reason: copy },
      })),
      returns: this.type(fn.returns),
    };
  }

  fields(id: string): readonly Field[] | null {
    let fields = this.#members.get(id);
    if (fields === undefined) {
      fields =
        this.#structs
          .get(id)
          ?.source.members()
          ?.map((member) => this.#field(member)) ?? null;
      this.#members.set(id, fields);
    }
    return fields;
  }

  type(type: DwarfType): Type {
    switch (type.kind) {
      case 'bool':
        return BOOL;
      case 'int':
        if (isIntSize(type.size)) return { kind: 'int', size: type.size, signed: type.signed };
        return type.size > 8 ? { kind: 'array', of: UINT64, count: type.size / 8 } : NONE;
      case 'float':
        // Nothing calculates with floats; their bits can be seen.
        return isIntSize(type.size)
          ? { kind: 'int', size: type.size, signed: false }
          : { kind: 'array', of: { kind: 'int', size: 1, signed: false }, count: type.size };
      case 'pointer':
        return this.#pointer(type.to);
      case 'array':
        if (type.of.kind === 'int' && type.of.char && type.count > 0) return { kind: 'string', size: type.count };
        return { kind: 'array', of: this.type(type.of), count: type.count };
      case 'struct':
        return this.#struct(type);
      case 'enum': {
        const size = isIntSize(type.size) ? type.size : 4;
        return { kind: 'enum', name: type.name, size, signed: type.signed, members: type.members };
      }
      case 'unknown':
        return { kind: 'array', of: { kind: 'int', size: 1, signed: false }, count: type.size };
      case 'void':
        return NONE;
    }
  }

  /** What it points to is read when somebody asks: lists and trees never end. */
  #pointer(to: DwarfType | (() => DwarfType)): Type {
    let known: Type | undefined;
    const target = (): Type => (known ??= orNone(() => this.type(typeof to === 'function' ? to() : to)));
    return {
      kind: 'pointer',
      space: 'user',
      get to() {
        return target();
      },
    };
  }

  #struct(source: DwarfStruct): StructType {
    const id = this.#prefix + source.id;
    let known = this.#structs.get(id);
    if (known === undefined) {
      const { union, name, size } = source;
      known = { type: { kind: 'struct', union, name, id, size, align: size === 0 ? 1 : source.align }, source };
      this.#structs.set(id, known);
    }
    return known.type;
  }

  #field(member: NonNullable<ReturnType<DwarfStruct['members']>>[number]): Field {
    const type = this.type(member.type);
    const { name, offset, bits } = member;
    if (bits === undefined) return { name, type, offset };
    const unit = 'size' in type ? type.size : 1;
    const start = Math.floor(bits.offset / 8 / unit) * unit;
    return { name, type, offset: start, bits: { offset: bits.offset - start * 8, width: bits.width } };
  }
}
