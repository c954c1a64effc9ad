/** What the places of a probe give to its body: the `args` struct, and where plain integers point to. */
import type { AttachSite, ResolvedProbe } from '../attach.ts';
import type { FunctionPrototype, Target } from '../target.ts';
import { typeName } from '../type-name.ts';
import type { AddressSpace, Field, StructType } from '../types.ts';
import type { Dependency } from './env.ts';
import { probedBinary } from './probed-binary.ts';
import type { ScriptTypes } from './script-types.ts';

/** Slots of 8 bytes: register or stack arguments of functions and raw tracepoints. */
const SLOT = 8;
export const RETURN_FIELD = '$retval';

/** Memory that integers of the probe point to when they are cast to pointers. */
export function spaceOfSite(site: AttachSite, pid: number | null): AddressSpace {
  if (site.kind === 'uprobe' || site.kind === 'usdt') return 'user';
  if (site.kind === 'tracepoint') return site.category === 'syscalls' ? 'user' : 'kernel';
  return site.kind === 'watchpoint' && pid !== null ? 'user' : 'kernel';
}

const placeName = ({ argument }: Field): string => {
  if (argument === undefined || argument.kind === 'nowhere') return argument?.kind ?? '';
  return argument.kind === 'register' ? `r${String(argument.index)}` : `s${String(argument.offset)}`;
};

const fieldSignature = (f: Field): string =>
  `${f.name}@${String(f.offset)}:${typeName(f.type)}:${f.dynamic ?? ''}${placeName(f)}`;

export class PlaceFacts {
  private readonly target: Target;
  private readonly types: ScriptTypes;
  // By probe, not by its name: a USDT probe, or a static function, has many places of one name.
  private readonly cache = new Map<ResolvedProbe, StructType | null>();
  private readonly signatures = new Map<ResolvedProbe, string>();

  constructor(target: Target, types: ScriptTypes) {
    this.target = target;
    this.types = types;
  }

  /** The `args` of a probe; null when it has none or they are not known. */
  args(probe: ResolvedProbe): StructType | null {
    let struct = this.cache.get(probe);
    if (struct === undefined) {
      struct = this.find(probe.site);
      this.cache.set(probe, struct);
    }
    return struct;
  }

  private find(site: AttachSite): StructType | null {
    // BTF is read at the first question: most probes ask none.
    const { target } = this;
    switch (site.kind) {
      case 'tracepoint': {
        const format = target.tracepoint(site.category, site.event);
        const id = `tracepoint:${site.category}:${site.event}`;
        return format && this.struct(id, format.fields, format.size);
      }
      case 'fentry': {
        const { bpfProgram } = site;
        if (bpfProgram !== null) {
          const own = target
            .bpfFunctions?.()
            .find(({ program, prototype }) => program.id === bpfProgram.id && prototype.btfId === site.btfId);
          return own === undefined
            ? null
            : this.slots(`bpf:${String(bpfProgram.id)}:${site.symbol}`, own.prototype, true);
        }
        const known = target.btf?.functions(site.symbol, site.module) ?? [];
        const fn =
          known.find((one) => one.btfId === site.btfId) ??
          target.btf?.functions(site.symbol, null).find((one) => one.btfId === site.btfId);
        return fn === undefined ? null : this.slots(`function:${site.module}:${fn.name}`, fn, true);
      }
      case 'rawtracepoint': {
        const fn = target.btf?.rawTracepoint(site.event) ?? null;
        return fn && this.slots(`rawtracepoint:${site.event}`, fn, false);
      }
      case 'uprobe': {
        if (site.return) return null;
        const fn = probedBinary(target, site)?.prototype(site.symbol, site.offset) ?? null;
        return fn && this.slots(`uprobe:${site.path}:${site.symbol}:${String(site.offset)}`, fn, false);
      }
      case 'iter':
        return target.btf?.struct(`bpf_iter__${site.target}`, 'struct') ?? null;
      default:
        return null;
    }
  }

  private slots(id: string, fn: FunctionPrototype, returns: boolean): StructType {
    const fields: Field[] = fn.params.map(({ name, type, place }, i) => {
      const field = { name, type, offset: i * SLOT };
      return place === undefined ? field : { ...field, argument: place };
    });
    const end = fields.length * SLOT;
    if (returns && fn.returns.kind !== 'none') fields.push({ name: RETURN_FIELD, type: fn.returns, offset: end });
    return this.struct(id, fields, end + SLOT);
  }

  private struct(id: string, fields: readonly Field[], size: number): StructType {
    this.types.register(id, fields);
    return { kind: 'struct', union: false, name: id, id, size, align: 8 };
  }

  /** Equal for probes that give a body the same, as far as the body depends on it. */
  signature(probe: ResolvedProbe, dependencies: ReadonlySet<Dependency>): string {
    if (dependencies.has('name')) return probe.name;
    if (dependencies.has('args')) return this.argsSignature(probe);
    const names = [...dependencies].map((one) => one.slice('args.'.length));
    const fields = this.fields(probe).filter(({ name }) => names.includes(name));
    // An argument that lies inside of another one.
    if (fields.length < names.length) return this.argsSignature(probe);
    return fields.map(fieldSignature).join(';');
  }

  private fields(probe: ResolvedProbe): readonly Field[] {
    const struct = this.args(probe);
    return struct === null ? [] : (this.types.fields(struct.id) ?? []);
  }

  private argsSignature(probe: ResolvedProbe): string {
    let signature = this.signatures.get(probe);
    if (signature === undefined) {
      const { site } = probe;
      const own = site.kind === 'usdt' ? site.args.join(' ') : '';
      signature = [own, ...this.fields(probe).map(fieldSignature)].join(';');
      this.signatures.set(probe, signature);
    }
    return signature;
  }
}
