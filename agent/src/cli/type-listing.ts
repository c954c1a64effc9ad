/** `-lv 'struct task_*'`, `-lv 'enum pid_type'`: types of the kernel as C declares them, with the language's names of numbers. */
import { typeName } from '../language/type-name.ts';
import type { Btf } from '../language/target.ts';
import type { Field, StructType, Type } from '../language/types.ts';

const TYPE = /^(struct|union|enum)\s+(\S+)$/;

/** Whether a pattern of -l asks for a type rather than for probes. */
export const isTypePattern = (pattern: string): boolean => TYPE.test(pattern.trim());

/** Empty: the kernel has no such type. Without `members` only its name. */
export function typeLines(btf: Btf | null, pattern: string, members: boolean): readonly string[] {
  const [, tag = '', name = ''] = TYPE.exec(pattern.trim()) ?? [];
  const type = tag === 'enum' ? btf?.type(`enum ${name}`) : btf?.struct(name, tag === 'union' ? 'union' : 'struct');
  if (btf === null || type === null || type === undefined) return [];
  if (!members) return [`${tag} ${name}`];
  if (type.kind === 'enum') {
    const lines = [...type.members].map(([value, member]) => `\t${member} = ${value},`);
    return [`enum ${name} {`, ...lines, '};', ''];
  }
  if (type.kind !== 'struct') return [];
  const lines = btf.members?.(name, type.union ? 'union' : 'struct') ?? memberLines(btf, type, '\t');
  return [`${tag} ${name} {`, ...lines, '};', ''];
}

function memberLines(btf: Btf, type: StructType, indent: string): string[] {
  return (btf.fields(type.id) ?? []).flatMap((field) => {
    if (field.type.kind !== 'struct' || field.type.name !== '') return [`${indent}${declaration(field)};`];
    const name = field.name === '' ? '' : ` ${field.name}`;
    const inner = memberLines(btf, field.type, `${indent}\t`);
    return [`${indent}${field.type.union ? 'union' : 'struct'} {`, ...inner, `${indent}}${name};`];
  });
}

/** `struct list_head *next`, `char comm[16]`, `uint32 flags : 3`. */
function declaration({ name, type, bits }: Field): string {
  let of: Type = type;
  let counts = '';
  for (; of.kind === 'array'; of = of.of) counts += `[${of.count}]`;
  if (of.kind === 'string') return `char ${name}[${of.size}]${counts}`;
  const spelled = typeName(of);
  const width = bits === undefined ? '' : ` : ${bits.width}`;
  return `${spelled}${spelled.endsWith('*') ? '' : ' '}${name}${counts}${width}`;
}
