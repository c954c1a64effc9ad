/** Types as written in casts, declarations and sizeof. */
import type * as ast from '../ast.ts';
import { typeName } from '../type-name.ts';
import { STACK_DEPTH, type AddressSpace, type Aggregate, type Type } from '../types.ts';
import { probedBinary } from './probed-binary.ts';
import type { Env } from './env.ts';
import { nearest } from './suggest.ts';
import { UNKNOWN, isUnknown } from './unknown.ts';

const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count_t: { kind: 'count' },
  sum_t: { kind: 'sum', signed: true },
  min_t: { kind: 'min', signed: true },
  max_t: { kind: 'max', signed: true },
  avg_t: { kind: 'avg', signed: true },
  stats_t: { kind: 'stats', signed: true },
  hist_t: { kind: 'hist', bits: 0 },
};

/** Names of the language's own types that take no size. */
const LANGUAGE: Readonly<Record<string, Type>> = {
  inet: { kind: 'inet' },
  mac_address: { kind: 'mac' },
  ksym_t: { kind: 'ksym' },
  usym_t: { kind: 'usym' },
  kstack: { kind: 'kstack', mode: 'bpftrace', depth: STACK_DEPTH },
  ustack: { kind: 'ustack', mode: 'bpftrace', depth: STACK_DEPTH },
  kstack_t: { kind: 'kstack', mode: 'bpftrace', depth: STACK_DEPTH },
  ustack_t: { kind: 'ustack', mode: 'bpftrace', depth: STACK_DEPTH },
  username_t: { kind: 'username' },
  timestamp: { kind: 'timestamp', format: '%H:%M:%S', clock: 'boot' },
  cgroup_path_t: { kind: 'cgroup_path', filter: '' },
};

const MAX_OBJECT = 1 << 20;

/** The type, UNKNOWN after an error. `space`: where its pointers point to. */
export function resolveTypeName(env: Env, name: ast.TypeName, space: AddressSpace = env.place.space): Type {
  let type = base(env, name);
  for (const [index, suffix] of name.suffixes.entries()) {
    if (isUnknown(type)) return UNKNOWN;
    if (suffix === '*') type = { kind: 'pointer', to: type, space };
    else type = sized(env, name, type, suffix.count, index === 0);
  }
  return type;
}

function sized(env: Env, name: ast.TypeName, type: Type, count: number | null, first: boolean): Type {
  const size = count ?? 0;
  if (first && name.base.kind === 'named' && (name.base.name === 'string' || name.base.name === 'buffer')) {
    if (size > 0 && size <= MAX_OBJECT)
      return name.base.name === 'string' ? { kind: 'string', size } : { kind: 'buffer', size };
    env.error('bad-size', name.span, `The size of a ${name.base.name} must be from 1 to ${String(MAX_OBJECT)}.`);
    return UNKNOWN;
  }
  if (type.kind === 'none') {
    env.error('type-mismatch', name.span, 'There are no arrays of void.');
    return UNKNOWN;
  }
  if (size > MAX_OBJECT) {
    env.error('bad-size', name.span, `An array has at most ${String(MAX_OBJECT)} elements.`);
    return UNKNOWN;
  }
  return { kind: 'array', of: type, count: size };
}

function base(env: Env, name: ast.TypeName): Type {
  const { session } = env;
  if (name.base.kind === 'typeof') return typeOf(env, name.base.of);
  const { tag, name: id } = name.base;
  if (tag !== null) {
    const found = ofBinary(env, tag, id) ?? session.types.tag(tag, id);
    if (found !== null) return found;
    if (session.blind) return UNKNOWN;
    // A pointer to a struct that nobody defines is still an address.
    if (name.suffixes[0] === '*' && tag !== 'enum') {
      return { kind: 'struct', union: tag === 'union', name: id, id: `script:${tag} ${id}`, size: 0, align: 1 };
    }
    env.error(
      'unknown-type',
      name.span,
      `Unknown ${tag}: ${tag} ${id}.`,
      'Define it at the top of the script, or check that the kernel has BTF for it.',
    );
    return UNKNOWN;
  }
  if (id === 'string') return { kind: 'string', size: session.config.max_strlen };
  if (id === 'buffer') return { kind: 'buffer', size: session.config.max_strlen };
  const own = Object.hasOwn(LANGUAGE, id) ? LANGUAGE[id] : undefined;
  if (own !== undefined) return own;
  const aggregate = Object.hasOwn(AGGREGATES, id) ? AGGREGATES[id] : undefined;
  if (aggregate !== undefined) return { kind: 'aggregate', of: aggregate };
  const found = session.types.basic(id) ?? ofBinary(env, null, id) ?? session.types.named(id);
  if (found !== null) return found;
  if (session.blind) return UNKNOWN;
  const names = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool', 'string', 'inet'];
  env.error('unknown-type', name.span, `Unknown type ${id}.`, () => nearest(id, names));
  return UNKNOWN;
}

/**
 * What a name means in the source of the function that is probed: a program's `struct node` is not the kernel's. Types of
 * the script come first.
 */
function ofBinary(env: Env, tag: 'struct' | 'union' | 'enum' | null, name: string): Type | null {
  const { session, place } = env;
  const site = place.probe?.site;
  if ((site?.kind !== 'uprobe' && site?.kind !== 'usdt') || session.types.defines(tag, name)) return null;
  const found = probedBinary(session.target, site)?.type?.(tag, name, site.offset) ?? null;
  if (found !== null) place.dependencies.add('name');
  return found;
}

/** The type of a type name or of an expression that is not evaluated. */
export function typeOf(env: Env, of: ast.TypeName | ast.Expr): Type {
  if (of.kind === 'type-name') return resolveTypeName(env, of);
  if (of.kind === 'typeof') return typeOf(env, of.of);
  if (of.kind === 'map') {
    const state = env.session.map(env.scope.mapName(of.name), of.span);
    const map = env.session.hirMap(state);
    if (of.keys !== null || state.keyed !== true) return map.value;
  }
  return env.expression(of).type;
}

export function describe(type: Type): string {
  return isUnknown(type) ? 'unknown' : typeName(type);
}
