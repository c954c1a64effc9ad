/** BTF types turned into the language's types. Typedefs, qualifiers and tags vanish; char arrays are strings. */
import type { Btf, BtfMember, BtfType } from '@bpfscope/native/btf';
import type { FunctionPrototype } from '../language/target.ts';
import {
  BOOL,
  NONE,
  UINT64,
  type AddressSpace,
  type Field,
  type IntSize,
  type StructType,
  type Type,
} from '../language/types.ts';

/** A type without the names and qualifiers before it. */
interface Resolved {
  readonly type: BtfType;
  readonly id: number;
  readonly user: boolean;
}

/** No type of a kernel is in so many pointers and arrays. */
const DEEPEST = 64;

/** Converts the types of one Btf; struct ids are `btf:<module>:<id>`. */
export class TypeConverter {
  readonly btf: Btf;
  private readonly module: string;
  private readonly structs = new Map<number, StructType>();
  private readonly members = new Map<number, readonly Field[] | null>();
  /** Large structs take long to decode, and a query asks for the same ones again and again. */
  private readonly resolved = new Map<number, Resolved>();
  /** Of structs and unions by id; 1 while it is being found out: damaged types may contain themselves. */
  private readonly aligns = new Map<number, number>();
  /** Pointers and arrays that the type in hand is in. */
  private depth = 0;

  constructor(btf: Btf, module: string) {
    this.btf = btf;
    this.module = module;
  }

  type(id: number): Type {
    const { type, user } = this.resolve(id);
    return this.convert(id, type, user);
  }

  fields(id: number): readonly Field[] | null {
    let fields = this.members.get(id);
    if (fields === undefined) {
      const type = this.btf.type(id);
      fields = type.kind === 'struct' || type.kind === 'union' ? type.members.map((m) => this.field(m)) : null;
      this.members.set(id, fields);
    }
    return fields;
  }

  /** Of a FUNC, or of a typedef of a pointer to a function; null when it is neither. */
  prototype(id: number, name: string, btfId: number): FunctionPrototype | null {
    let type = this.btf.type(id);
    for (let hops = 0; hops < 8 && type.kind !== 'prototype'; hops++) {
      if (!('type' in type)) return null;
      type = this.btf.type(type.type);
    }
    if (type.kind !== 'prototype') return null;
    return {
      name,
      btfId,
      module: this.module,
      params: type.params.map((p) => ({ name: p.name, type: this.type(p.type) })),
      returns: this.type(type.returns),
    };
  }

  /** Strips names and qualifiers, noting a `user` address-space tag on the way. */
  private resolve(id: number): Resolved {
    let found = this.resolved.get(id);
    if (found === undefined) {
      found = this.strip(id);
      this.resolved.set(id, found);
    }
    return found;
  }

  private strip(id: number): Resolved {
    let user = false;
    let type = this.btf.type(id);
    for (let hops = 0; hops < 64; hops++) {
      if (type.kind === 'type-tag' && type.name === 'user') user = true;
      if (!STRIPPED.has(type.kind)) return { type, id, user };
      id = (type as { type: number }).type;
      type = this.btf.type(id);
    }
    return { type: { kind: 'void' }, id: 0, user };
  }

  private convert(id: number, type: BtfType, user: boolean): Type {
    switch (type.kind) {
      case 'int':
        if (type.bool) return BOOL;
        if (type.size > 8) return { kind: 'array', of: UINT64, count: type.size / 8 };
        return { kind: 'int', size: type.size as IntSize, signed: type.signed };
      case 'float':
        return { kind: 'int', size: (type.size > 8 ? 8 : type.size) as IntSize, signed: false };
      case 'pointer':
        return this.pointer(type.type, user ? 'user' : 'kernel');
      case 'array':
        return this.array(type.type, type.count);
      case 'struct':
      case 'union':
      case 'forward':
        return this.struct(this.resolve(id).id, type);
      case 'enum':
        return {
          kind: 'enum',
          name: type.name,
          size: type.size as IntSize,
          signed: type.signed,
          members: new Map(type.values.map((v) => [v.value, v.name])),
        };
      default:
        return NONE;
    }
  }

  private pointer(to: number, space: AddressSpace): Type {
    const target = this.resolve(to);
    return { kind: 'pointer', to: this.within(to, target), space: target.user ? 'user' : space };
  }

  /** Damaged types may point to themselves: what is deeper than any real one is void. */
  private within(id: number, { type, user }: Resolved): Type {
    if (this.depth === DEEPEST) return NONE;
    this.depth++;
    try {
      return this.convert(id, type, user);
    } finally {
      this.depth--;
    }
  }

  private array(of: number, count: number): Type {
    const element = this.resolve(of);
    if (element.type.kind === 'int' && element.type.char && count > 0) return { kind: 'string', size: count };
    return { kind: 'array', of: this.within(of, element), count };
  }

  private struct(id: number, type: Extract<BtfType, { kind: 'struct' | 'union' | 'forward' }>): StructType {
    let struct = this.structs.get(id);
    if (struct === undefined) {
      struct = {
        kind: 'struct',
        union: type.kind === 'forward' ? type.union : type.kind === 'union',
        name: type.name,
        id: `btf:${this.module}:${id}`,
        size: type.kind === 'forward' ? 0 : type.size,
        align: type.kind === 'forward' ? 1 : this.structAlign(id, type),
      };
      this.structs.set(id, struct);
    }
    return struct;
  }

  /** BTF does not say how a struct is aligned: the strictest member is, unless a member's place shows that it is packed. */
  private structAlign(id: number, type: Extract<BtfType, { kind: 'struct' | 'union' }>): number {
    let align = this.aligns.get(id);
    if (align === undefined) {
      this.aligns.set(id, 1);
      align = this.strictest(type);
      this.aligns.set(id, align);
    }
    return align;
  }

  private strictest(type: Extract<BtfType, { kind: 'struct' | 'union' }>): number {
    let align = 1;
    for (const member of type.members) {
      if (member.bitSize > 0) continue;
      const own = this.alignOf(member.type);
      if ((member.bitOffset / 8) % own !== 0) return 1;
      align = Math.max(align, own);
    }
    return type.size % align === 0 ? align : 1;
  }

  private alignOf(id: number): number {
    const { type, id: own } = this.resolve(id);
    switch (type.kind) {
      case 'int':
      case 'float':
      case 'enum':
        return Math.min(type.size, 16) || 1;
      case 'pointer':
        return 8;
      case 'array':
        if (this.depth === DEEPEST) return 1;
        this.depth++;
        try {
          return this.alignOf(type.type);
        } finally {
          this.depth--;
        }
      case 'struct':
      case 'union':
        return this.structAlign(own, type);
      default:
        return 1;
    }
  }

  private field(member: BtfMember): Field {
    const type = this.type(member.type);
    if (member.bitSize === 0) return { name: member.name, type, offset: member.bitOffset / 8 };
    const unit = 'size' in type ? type.size : 1;
    const offset = Math.floor(member.bitOffset / 8 / unit) * unit;
    return { name: member.name, type, offset, bits: { offset: member.bitOffset - offset * 8, width: member.bitSize } };
  }
}

const STRIPPED = new Set(['typedef', 'volatile', 'const', 'restrict', 'type-tag']);
