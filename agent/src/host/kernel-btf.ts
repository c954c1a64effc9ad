/** The kernel's BTF as the language sees it: vmlinux at once, modules when a name is not found there. */
import { readFileSync, readdirSync } from 'node:fs';
import {
  Btf,
  BTF_KIND_ENUM,
  BTF_KIND_ENUM64,
  BTF_KIND_FLOAT,
  BTF_KIND_FUNC,
  BTF_KIND_FWD,
  BTF_KIND_INT,
  BTF_KIND_STRUCT,
  BTF_KIND_TYPEDEF,
  BTF_KIND_UNION,
} from '@bpfscope/native/btf';
import type { Btf as BtfFacts, CSpelling, FunctionPrototype } from '../language/target.ts';
import type { Field, StructType, Type } from '../language/types.ts';
import { cInteger } from './c-names.ts';
import { cDeclaration, cMembers } from './c-spelling.ts';
import { TypeConverter } from './btf-types.ts';

const FOLDER = '/sys/kernel/btf';
const RAW_TRACEPOINT = 'btf_trace_';
const ITERATOR = '__traceiter_';
const TAGGED = { struct: [BTF_KIND_STRUCT], union: [BTF_KIND_UNION], enum: [BTF_KIND_ENUM, BTF_KIND_ENUM64] } as const;
const UNTAGGED = [BTF_KIND_TYPEDEF, BTF_KIND_INT, BTF_KIND_FLOAT];

/** null when the kernel has no BTF (CONFIG_DEBUG_INFO_BTF off). */
export function readKernelBtf(): KernelBtf | null {
  try {
    return new KernelBtf(new Btf(readFileSync(`${FOLDER}/vmlinux`)), readFolder);
  } catch {
    return null;
  }
}

function readFolder(name: string): Uint8Array | null {
  try {
    return readFileSync(`${FOLDER}/${name}`);
  } catch {
    return null;
  }
}

/** An agent at rest needs no types: what was read is given back after this time without a question. */
const IDLE_MS = 10_000;
const MOST_PROGRAMS = 100;

export class KernelBtf implements BtfFacts {
  private readonly read: (module: string) => Uint8Array | null;
  private readonly modules = new Map<string, TypeConverter | null>();
  /** Types of BPF programs, which stand by themselves. */
  private readonly programs = new Map<string, TypeConverter>();
  private kernel: TypeConverter | null;
  private names: string[] | null = null;
  private rawNames: string[] | null = null;
  private types: string[] | null = null;
  private folder: readonly string[] | null = null;
  private idle: NodeJS.Timeout | null = null;

  /** `read` gives the bytes of a module, and those of `vmlinux` again after a release. */
  constructor(vmlinux: Btf, read: (module: string) => Uint8Array | null) {
    this.kernel = new TypeConverter(vmlinux, 'vmlinux');
    this.read = read;
    this.used();
  }

  /** Forgets what can be read again; struct ids stay valid, since they are places in the kernel's own section. */
  release(): void {
    this.kernel = null;
    this.names = null;
    this.rawNames = null;
    this.types = null;
    this.modules.clear();
  }

  private get vmlinux(): TypeConverter {
    this.used();
    this.kernel ??= new TypeConverter(new Btf(this.read('vmlinux') ?? new Uint8Array()), 'vmlinux');
    return this.kernel;
  }

  private used(): void {
    if (this.idle === null) this.idle = setTimeout(() => this.rest(), IDLE_MS).unref();
    else this.idle.refresh();
  }

  private rest(): void {
    this.idle = null;
    this.release();
  }

  fields(id: string): readonly Field[] | null {
    const [prefix, module, number] = id.split(':');
    if (prefix !== 'btf' || module === undefined) return null;
    return (this.programs.get(module) ?? this.converter(module))?.fields(Number(number)) ?? null;
  }

  type(name: string): Type | null {
    const integer = cInteger(name);
    if (integer !== null) return integer;
    const [tag, rest] = name.includes(' ')
      ? [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)]
      : ['', name];
    const kinds = tag in TAGGED ? TAGGED[tag as keyof typeof TAGGED] : UNTAGGED;
    const wanted = tag in TAGGED ? rest : name;
    for (const converter of this.converters()) {
      const id = first(converter, kinds, wanted);
      if (id !== null) return converter.type(id);
    }
    return null;
  }

  struct(name: string, tag: 'struct' | 'union'): StructType | null {
    const type = this.type(`${tag} ${name}`);
    if (type?.kind === 'struct') return type;
    // Declared but never defined: still a type that a pointer may point to.
    const forward = this.vmlinux.btf.find(BTF_KIND_FWD, name)[0];
    const declared = forward === undefined ? null : this.vmlinux.type(forward);
    return declared?.kind === 'struct' ? declared : null;
  }

  typeNames(): readonly string[] {
    if (this.types === null) {
      const { btf } = this.vmlinux;
      const named = (kind: number, tag: string): string[] => btf.list(kind).map((name) => tag + name);
      const tagged = Object.entries(TAGGED).flatMap(([tag, kinds]) => kinds.flatMap((kind) => named(kind, `${tag} `)));
      const plain = UNTAGGED.flatMap((kind) => named(kind, '')).filter((name) => !name.startsWith(RAW_TRACEPOINT));
      this.types = [...new Set([...tagged, ...plain])].sort();
    }
    return this.types;
  }

  enumerator(name: string): { readonly value: bigint; readonly type: Type } | null {
    for (const converter of this.converters()) {
      const found = converter.btf.enumerator(name);
      if (found !== null) return { value: found.value, type: converter.type(found.type) };
    }
    return null;
  }

  functions(name: string, module: string | null): readonly FunctionPrototype[] {
    if (module !== null) {
      const converter = this.converter(module);
      return converter === null ? [] : prototypes(converter, name);
    }
    const own = prototypes(this.vmlinux, name);
    return own.length > 0 ? own : this.moduleNames().flatMap((m) => this.functions(name, m));
  }

  /** Types from the BTF of a BPF program; their struct ids are found here from now on. `name`: no module's. */
  program(name: string, bytes: () => Uint8Array | null): TypeConverter | null {
    let converter = this.programs.get(name);
    if (converter === undefined) {
      const types = bytes();
      if (types === null) return null;
      if (this.programs.size >= MOST_PROGRAMS) this.programs.clear();
      converter = new TypeConverter(new Btf(types), name);
      this.programs.set(name, converter);
    }
    return converter;
  }

  functionNames(module = ''): readonly string[] {
    if (module !== '' && module !== 'vmlinux') return namesOf(this.converter(module));
    this.names ??= namesOf(this.vmlinux);
    return this.names;
  }

  rawTracepoint(name: string): FunctionPrototype | null {
    for (const converter of this.converters()) {
      const id = converter.btf.find(BTF_KIND_TYPEDEF, RAW_TRACEPOINT + name)[0];
      const prototype = id === undefined ? null : converter.prototype(id, name, id);
      if (prototype === null) continue;
      // The typedef has no parameter names; the function that calls the probes has them.
      const named = prototypes(converter, ITERATOR + name)[0]?.params ?? [];
      const params = prototype.params.map((p, i) => ({
        name: p.name || (named[i]?.name ?? `arg${i - 1}`),
        type: p.type,
      }));
      // The first parameter is the registered probe's private data.
      return { ...prototype, params: params.slice(1) };
    }
    return null;
  }

  rawTracepointNames(): readonly string[] {
    if (this.rawNames === null) {
      this.rawNames = [];
      for (const name of this.vmlinux.btf.list(BTF_KIND_TYPEDEF)) {
        if (name.startsWith(RAW_TRACEPOINT)) this.rawNames.push(name.slice(RAW_TRACEPOINT.length));
      }
    }
    return this.rawNames;
  }

  spelling({ module, btfId, params }: FunctionPrototype): CSpelling | null {
    const btf = this.converter(module)?.btf;
    if (btf === undefined || btfId === 0) return null;
    let type = btf.type(btfId);
    for (let hops = 0; hops < 8 && type.kind !== 'prototype'; hops++) {
      if (type.kind !== 'function' && type.kind !== 'typedef' && type.kind !== 'pointer') return null;
      type = btf.type(type.type);
    }
    if (type.kind !== 'prototype') return null;
    // Those of a raw tracepoint begin with what the tracer registered.
    const spelled = type.params.slice(type.params.length - params.length);
    return {
      params: spelled.map((param) => cDeclaration(btf, param.type, '')),
      returns: cDeclaration(btf, type.returns, ''),
    };
  }

  members(name: string, tag: 'struct' | 'union'): readonly string[] | null {
    for (const { btf } of this.converters()) {
      const id = btf.find(TAGGED[tag][0], name)[0];
      if (id !== undefined) return cMembers(btf, id, '\t');
    }
    return null;
  }

  /** vmlinux, then each module; modules are read only when the walk reaches them. */
  private *converters(): Generator<TypeConverter> {
    yield this.vmlinux;
    for (const name of this.moduleNames()) {
      const converter = this.converter(name);
      if (converter !== null) yield converter;
    }
  }

  private converter(module: string): TypeConverter | null {
    if (module === '' || module === 'vmlinux') return this.vmlinux;
    let known = this.modules.get(module);
    if (known === undefined) {
      const bytes = /^[\w-]+$/.test(module) ? this.read(module) : null;
      known = bytes === null ? null : new TypeConverter(new Btf(bytes, this.vmlinux.btf), module);
      this.modules.set(module, known);
    }
    return known;
  }

  /** Read once for each compile, which is synchronous: modules come and go in between. */
  private moduleNames(): readonly string[] {
    if (this.folder === null) {
      this.folder = modulesOf(FOLDER);
      queueMicrotask(() => (this.folder = null));
    }
    return this.folder;
  }
}

function modulesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name !== 'vmlinux');
  } catch {
    return [];
  }
}

/** Of functions, each once. Those of a module do not include the kernel's. */
const namesOf = (converter: TypeConverter | null): string[] =>
  converter === null ? [] : [...new Set(converter.btf.list(BTF_KIND_FUNC))];

function first(converter: TypeConverter, kinds: readonly number[], name: string): number | null {
  for (const kind of kinds) {
    const id = converter.btf.find(kind, name)[0];
    if (id !== undefined) return id;
  }
  return null;
}

function prototypes(converter: TypeConverter, name: string): FunctionPrototype[] {
  return converter.btf
    .find(BTF_KIND_FUNC, name)
    .map((id) => converter.prototype(id, name, id))
    .filter((p) => p !== null);
}
