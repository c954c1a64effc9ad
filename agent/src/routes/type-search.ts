/** Types of this host's kernel by name or by wildcards, for the editor. */
import { typeName } from '../language/type-name.ts';
import type { Target } from '../language/target.ts';
import type { Field, StructType } from '../language/types.ts';
import type { TypeSearch } from '../protocol/index.ts';
import { matcher } from './probe-search.ts';

type Members = TypeSearch['types'][number]['members'];

/** Members of members without a name are the struct's own. */
const MOST_NESTED = 8;

export function searchTypes({ btf }: Target, pattern: string, limit: number): TypeSearch {
  if (btf === null) return { types: [], total: 0 };
  if (!/[*?]/.test(pattern)) {
    const members = membersOf(btf.fields.bind(btf), btf.type(pattern));
    return members === null ? { types: [], total: 0 } : { types: [{ name: pattern, members }], total: 1 };
  }
  const matches = matcher(pattern);
  const found = (btf.typeNames?.() ?? []).filter(matches);
  return { types: found.slice(0, limit).map((name) => ({ name, members: [] })), total: found.length };
}

type FieldsOf = (id: string) => readonly Field[] | null;

/** null: no such type. */
function membersOf(fieldsOf: FieldsOf, type: ReturnType<NonNullable<Target['btf']>['type']>): Members | null {
  if (type === null) return null;
  return type.kind === 'struct' ? flat(fieldsOf, type, 0) : [];
}

function flat(fieldsOf: FieldsOf, struct: StructType, depth: number): Members {
  if (depth > MOST_NESTED) return [];
  return (fieldsOf(struct.id) ?? []).flatMap(({ name, type }) =>
    name === '' && type.kind === 'struct' ? flat(fieldsOf, type, depth + 1) : [{ name, type: typeName(type) }],
  );
}
