/** The spelling of types in messages, hover and `-lv` listings: as the language writes them. */
import { STACK_DEPTH, type Type } from './types.ts';

const NAMES: Partial<Record<Type['kind'], string>> = {
  none: 'void',
  bool: 'bool',
  inet: 'inet',
  mac: 'mac_address',
  ksym: 'ksym_t',
  usym: 'usym_t',
  timestamp: 'timestamp',
  cgroup_path: 'cgroup_path_t',
  username: 'username_t',
};

/** `uint64`, `struct task_struct *`, `string[16]`, `(uint32,string[16])`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'int':
      return `${type.signed ? 'int' : 'uint'}${String(type.size * 8)}`;
    case 'enum':
      return `enum ${type.name}`;
    case 'string':
      return `string[${String(type.size)}]`;
    case 'buffer':
      return `buffer[${String(type.size)}]`;
    case 'pointer':
      return pointerName(type.to);
    case 'array':
      return `${typeName(type.of)}[${String(type.count)}]`;
    case 'struct':
      return `${type.union ? 'union' : 'struct'} ${type.name === '' ? '<anonymous>' : type.name}`;
    case 'tuple':
      return `(${type.elements.map(typeName).join(',')})`;
    case 'record':
      return `(${type.fields.map((field) => `${field.name}=${typeName(field.type)}`).join(',')})`;
    case 'aggregate':
      return `${type.of.kind}_t`;
    case 'kstack':
    case 'ustack':
      return stackName(type);
    default:
      return NAMES[type.kind] ?? type.kind;
  }
}

/** As the builtin is called: stacks of different lengths are different types. */
function stackName({ kind, mode, depth }: Extract<Type, { kind: 'kstack' | 'ustack' }>): string {
  const args = [...(mode === 'bpftrace' ? [] : [mode]), ...(depth === STACK_DEPTH ? [] : [String(depth)])];
  return args.length === 0 ? kind : `${kind}(${args.join(', ')})`;
}

function pointerName(to: Type): string {
  const name = typeName(to);
  return name.endsWith('*') ? `${name}*` : `${name} *`;
}
