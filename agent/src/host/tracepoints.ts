/** Tracepoint formats as the language's types: sizes from the record, names looked up in BTF. */
import { listEvents, readFormat, type Format, type FormatField } from '@bpfscope/native/tracefs';
import type { Btf, TracepointFormat } from '../language/target.ts';
import { cInteger } from './c-names.ts';
import { BOOL, type AddressSpace, type Field, type IntSize, type Type } from '../language/types.ts';

/** The part of Btf that a format needs. */
type TypeNames = Pick<Btf, 'type'>;

/** Fields that every record starts with; programs cannot read them. */
const COMMON = /^common_/;
const QUALIFIERS = /\b(?:const|volatile|restrict|__user|__rcu|__seg_gs|__percpu)\b/g;

export class Tracepoints {
  private readonly btf: () => Btf | null;
  private names: readonly string[] | null = null;
  private readonly formats = new Map<string, TracepointFormat | null>();

  constructor(btf: () => Btf | null) {
    this.btf = btf;
  }

  list(): readonly string[] {
    this.names ??= listEvents();
    return this.names;
  }

  get(category: string, event: string): TracepointFormat | null {
    const key = `${category}:${event}`;
    let format = this.formats.get(key);
    if (format === undefined) {
      const raw = readFormat(category, event);
      format = raw === null ? null : toTracepoint(category, event, raw, lazyBtf(this.btf));
      this.formats.set(key, format);
    }
    return format;
  }
}

/** Only what a format needs of BTF, read at the first need. */
function lazyBtf(btf: () => Btf | null): TypeNames {
  return { type: (name) => btf()?.type(name) ?? null };
}

export function toTracepoint(category: string, event: string, format: Format, btf: TypeNames | null): TracepointFormat {
  // System call records hold the caller's own arguments: their pointers point into the process.
  const space: AddressSpace = category === 'syscalls' ? 'user' : 'kernel';
  const given = category === 'syscalls' ? format.fields.filter((f) => !DYNAMIC.test(f.type)) : format.fields;
  return {
    category,
    event,
    id: format.id,
    fields: given.filter((f) => !COMMON.test(f.name)).map((f) => toField(f, space, btf)),
    size: given.reduce((end, f) => Math.max(end, f.offset + f.size), 0),
  };
}

/**
 * Newer kernels' records of system calls (seen in 7.2) hold what some arguments point to (`__buf_val` of write). Programs are
 * not given it: they get the number and the arguments alone (kernel/trace/trace_syscalls.c, perf_call_bpf_enter).
 */
const DYNAMIC = /^__(data|rel)_loc\b/;

function toField(field: FormatField, space: AddressSpace, btf: TypeNames | null): Field {
  const dynamic = DYNAMIC.exec(field.type)?.[1];
  if (dynamic !== undefined) {
    const element = field.type
      .replace(/^__(data|rel)_loc\s*/, '')
      .replace(/\[\]\s*$/, '')
      .trim();
    return {
      name: field.name,
      type: pointerTo(element, 'kernel', btf),
      offset: field.offset,
      dynamic: dynamic === 'data' ? 'data_loc' : 'rel_loc',
    };
  }
  if (field.count !== null && field.count > 0) {
    if (/^(const )?char$/.test(field.type))
      return { name: field.name, type: { kind: 'string', size: field.size }, offset: field.offset };
    const of = cType(field.type, field.size / field.count, field.signed, space, btf);
    return { name: field.name, type: { kind: 'array', of, count: field.count }, offset: field.offset };
  }
  return { name: field.name, type: cType(field.type, field.size, field.signed, space, btf), offset: field.offset };
}

/** A scalar's size is the record's, whatever its name says: system call arguments are all 8 bytes. */
function cType(spelling: string, size: number, signed: boolean, space: AddressSpace, btf: TypeNames | null): Type {
  const words = spelling.replace(QUALIFIERS, ' ').replace(/\s+/g, ' ').trim();
  if (words.endsWith('*')) return pointerTo(words.slice(0, -1).trim(), space, btf);
  if (words === 'bool') return size === 1 ? BOOL : { kind: 'int', size: intSize(size), signed: false };
  // The sign is that of the named type: the format's flag is about the 8-byte slot of a system call's `int`.
  const plain = cInteger(words);
  if (plain !== null) return { ...plain, size: intSize(size) };
  const known = btf?.type(words) ?? null;
  if (known !== null && known.kind !== 'int' && 'size' in known && known.size === size) return known;
  return { kind: 'int', size: intSize(size), signed: known?.kind === 'int' ? known.signed : signed };
}

/** What it points to is looked up when somebody asks: most queries never do. */
function pointerTo(target: string, space: AddressSpace, btf: TypeNames | null): Type {
  let to: Type | undefined;
  return {
    kind: 'pointer',
    space,
    get to() {
      return (to ??= target.endsWith('*') ? pointerTo(target.slice(0, -1).trim(), space, btf) : pointee(target, btf));
    },
  };
}

function pointee(target: string, btf: TypeNames | null): Type {
  return cInteger(target) ?? btf?.type(target) ?? { kind: 'none' };
}

function intSize(size: number): IntSize {
  return size === 1 || size === 2 || size === 4 ? size : 8;
}
