/** Types of BTF as C declares them: `const char *`, `struct list_head *next`, `int (*fn)(void *)`. */
import type { Btf, BtfMember, BtfType } from '@bpfscope/native/btf';

/** No declaration is nested so deeply; damaged types may contain themselves. */
const DEEPEST = 64;

const QUALIFIERS: ReadonlySet<string> = new Set(['const', 'volatile', 'restrict']);
const TAGGED: Readonly<Record<string, string>> = { struct: 'struct', union: 'union', enum: 'enum' };

const isQualifier = (type: BtfType): type is Extract<BtfType, { kind: 'const' | 'volatile' | 'restrict' }> =>
  QUALIFIERS.has(type.kind);

/** `inner`: the declarator so far, '' for a type alone. */
export function cDeclaration(btf: Btf, id: number, inner: string, depth = 0): string {
  const type = btf.type(id);
  if (depth > DEEPEST) return join('void', inner);
  switch (type.kind) {
    case 'pointer': {
      const to = btf.type(unqualified(btf, type.type));
      const wrapped = to.kind === 'array' || to.kind === 'prototype' ? `(*${inner})` : `*${inner}`;
      return cDeclaration(btf, type.type, wrapped, depth + 1);
    }
    case 'const':
    case 'volatile':
    case 'restrict':
      // Of a pointer it stands behind the star, of anything else in front.
      return btf.type(type.type).kind === 'pointer'
        ? cDeclaration(btf, type.type, join(type.kind, inner), depth + 1)
        : `${type.kind} ${cDeclaration(btf, type.type, inner, depth + 1)}`;
    case 'type-tag':
      return cDeclaration(btf, type.type, inner, depth + 1);
    case 'array':
      return cDeclaration(btf, type.type, `${inner}[${type.count}]`, depth + 1);
    case 'prototype': {
      const params = type.params.map((one) => cDeclaration(btf, one.type, one.name, depth + 1));
      return cDeclaration(
        btf,
        type.returns,
        `${inner}(${params.length === 0 ? 'void' : params.join(', ')})`,
        depth + 1,
      );
    }
    default:
      return join(baseName(type), inner);
  }
}

/** The members of a struct or union, one line each. */
export function cMembers(btf: Btf, id: number, indent: string): string[] {
  const type = btf.type(id);
  if ((type.kind !== 'struct' && type.kind !== 'union') || indent.length > DEEPEST) return [];
  return type.members.flatMap((member) => memberLines(btf, member, indent));
}

function memberLines(btf: Btf, { name, type: id, bitSize }: BtfMember, indent: string): string[] {
  const type = btf.type(id);
  if ((type.kind === 'struct' || type.kind === 'union') && type.name === '') {
    const end = name === '' ? '};' : `} ${name};`;
    const members = cMembers(btf, id, `${indent}\t`);
    if (members.length === 0) return [`${indent}${type.kind} {${end}`];
    return [`${indent}${type.kind} {`, ...members, `${indent}${end}`];
  }
  return [`${indent}${cDeclaration(btf, id, name)}${bitSize === 0 ? '' : `: ${bitSize}`};`];
}

const join = (type: string, inner: string): string => (inner === '' ? type : `${type} ${inner}`);

function baseName(type: BtfType): string {
  const tag = type.kind === 'forward' ? (type.union ? 'union' : 'struct') : TAGGED[type.kind];
  const name = 'name' in type ? type.name : 'void';
  return tag === undefined ? name : name === '' ? `${tag} {...}` : `${tag} ${name}`;
}

function unqualified(btf: Btf, id: number): number {
  for (let hops = 0; hops < DEEPEST; hops++) {
    const type = btf.type(id);
    if (!isQualifier(type) && type.kind !== 'type-tag') return id;
    id = type.type;
  }
  return 0;
}
