/** Probes in the kernel: functions, tracepoints, iterators. */
import { lackOf } from '../../tables/features.ts';
import type { ResolvedProbe } from '../../attach.ts';
import type { FunctionPrototype, Target } from '../../target.ts';
import { nearest } from '../suggest.ts';
import { found, malformed } from './context.ts';
import type { AttachContext, Resolver } from './context.ts';
import { functionList } from './function-list.ts';
import { globMatcher, isGlob } from './glob.ts';
import { whereItWent } from './moved.ts';
import { candidates, namesLike } from './name-search.ts';
import { parseNumber } from './numbers.ts';

/** `function` or `module:function` of an attach point; null when it is written otherwise. */
function functionParts(cx: AttachContext): { readonly module: string | null; readonly name: string } | null {
  const { parts } = cx;
  if (parts.length === 1 && parts[0]) return { module: null, name: parts[0] };
  if (parts.length === 2 && parts[0] && parts[1]) return { module: plainModule(parts[0]), name: parts[1] };
  return null;
}

/** `name` or `module:name` as kernelFunctions() lists them. */
function splitModule(listed: string): { readonly module: string; readonly name: string } {
  const colon = listed.indexOf(':');
  return colon === -1
    ? { module: '', name: listed }
    : { module: listed.slice(0, colon), name: listed.slice(colon + 1) };
}

/** The kernel itself has no module name here. */
const plainModule = (module: string): string => (module === 'vmlinux' ? '' : module);

const withModule = (module: string, name: string) => (module === '' ? name : `${module}:${name}`);

export const kprobe: Resolver = (cx) => {
  const given = functionParts(cx);
  if (given === null) return malformed(cx);
  const { returns } = cx.row;
  const site = (symbol: string, module: string, offset = 0, address: bigint | null = null): ResolvedProbe => {
    const suffix = offset === 0 ? '' : `+${String(offset)}`;
    const name = address === null ? withModule(module, symbol) + suffix : `0x${address.toString(16)}`;
    const copies = address === null && functionList(cx.target.kernelFunctions()).isRepeated(withModule(module, symbol));
    return found(`${cx.row.name}:${name}`, {
      ...{ kind: 'kprobe', return: returns, symbol, module, offset, address },
      ...(copies ? { copies } : {}),
    });
  };
  const address = given.module === null ? parseNumber(given.name) : null;
  if (address !== null) {
    if (cx.options.unsafe === true && !returns) return [site('', '', 0, address)];
    cx.error(
      'unsafe',
      returns ? 'kretprobe needs a function.' : 'A kprobe by address can crash the system: it needs --unsafe.',
    );
    return [];
  }
  if (isGlob(given.name) || isGlob(given.module ?? '')) {
    const matches = globMatcher(given.name);
    const inModule = globMatcher(given.module ?? '*');
    const all = new Set<string>();
    for (const listed of candidates(cx.target.kernelFunctions(), given.name)) {
      const colon = listed.indexOf(':');
      if (!matches(colon === -1 ? listed : listed.slice(colon + 1))) continue;
      if (inModule(colon === -1 ? '' : listed.slice(0, colon))) all.add(listed);
    }
    if (all.size === 0) cx.missing(`No kernel function matches '${cx.parts.join(':')}'.`);
    return [...all].map((listed) => {
      const one = splitModule(listed);
      return site(one.name, one.module);
    });
  }
  const [symbol = '', rest] = given.name.split('+');
  const offset = rest === undefined ? 0n : parseNumber(rest);
  if (offset === null || offset > 0xffffffffn || (returns && rest !== undefined)) return malformed(cx);
  const module = traceable(cx, symbol, given.module);
  return module === null ? [] : [site(symbol, module, Number(offset))];
};

/** The module of a function that can be traced ('' for the kernel itself); null after an error. */
function traceable(cx: AttachContext, symbol: string, module: string | null): string | null {
  const functions = functionList(cx.target.kernelFunctions());
  if (functions.has(withModule(module ?? '', symbol))) return module ?? '';
  const elsewhere = module === null ? functions.modules.get(symbol) : undefined;
  if (elsewhere !== undefined) return elsewhere;
  // Where even addresses are hidden, the kernel says whether it has the function.
  const hidden = functions.names.length === 0 && (cx.target.kernelSymbolProblem?.() ?? null) !== null;
  const exists = hidden || cx.target.kernelSymbol(symbol) !== null;
  if (exists && (functions.names.length === 0 || cx.options.unsafe === true)) return module ?? '';
  if (exists) {
    cx.missing(
      `The kernel function '${symbol}' cannot be traced.`,
      'It is inlined or protected; --unsafe tries it anyway.',
    );
    return null;
  }
  cx.missing(`The kernel has no function '${symbol}'.`, () => whereItWent(symbol, functions));
  return null;
}

export const fentry: Resolver = (cx) => {
  const given = functionParts(cx);
  if (cx.parts[0] === 'bpf' && cx.parts.length > 1) return bpfFunction(cx);
  if (given === null) return malformed(cx);
  const { btf } = cx.target;
  if (btf === null) {
    const { words = 'the kernel’s type information (BTF)' } = lackOf(cx.target, 'btf') ?? {};
    cx.missing(`${cx.row.name} needs ${words}.`, `Use ${kprobeOf(cx)}.`);
    return [];
  }
  if (isGlob(given.name)) {
    const list = functionList(cx.target.kernelFunctions());
    const isTraced = (module: string, name: string): boolean =>
      list.names.length === 0 || list.has(withModule(plainModule(module), name));
    const { module } = given;
    const inKernel = module === null || module === '' || module === '*';
    // Those of the kernel itself are chosen by their names: types are read of what is left.
    const names = namesLike(btf.functionNames(inKernel ? '' : module), given.name).filter(
      (name) => !inKernel || isTraced('', name),
    );
    if (names.length > cx.most) {
      cx.tooMany(names.length);
      return [];
    }
    const traced = names
      .flatMap((name) => btf.functions(name, module === '*' ? null : module).slice(0, 1))
      .filter((one) => isTraced(one.module, one.name));
    if (traced.length === 0) cx.missing(`No kernel function matches '${cx.parts.join(':')}'.`);
    warnOfNamesakes(cx, traced);
    return traced.map((one) => fentrySite(cx, one));
  }
  const prototypes = btf.functions(given.name, given.module);
  const [first] = prototypes;
  if (first === undefined) {
    cx.missing(`The kernel has no function '${given.name}' that can be traced by ${cx.row.name}.`, () =>
      functionList(cx.target.kernelFunctions()).has(withModule(given.module ?? '', given.name))
        ? `Its types (BTF) leave this one out: use ${kprobeOf(cx)}.`
        : nearest(given.name, btf.functionNames()),
    );
    return [];
  }
  if (prototypes.length > 1 && new Set(prototypes.map((one) => one.module)).size > 1) {
    const modules = prototypes.map((one) => withModule(one.module === '' ? 'vmlinux' : one.module, one.name));
    cx.error(
      'ambiguous-function',
      `Several modules have a function '${given.name}'.`,
      `Name one of ${modules.join(', ')}.`,
    );
    return [];
  }
  warnOfNamesakes(cx, [first]);
  return [fentrySite(cx, first)];
};

/** What sees the same without types. */
const kprobeOf = (cx: AttachContext): string => (cx.row.returns ? 'kretprobe' : 'kprobe');

/** The kernel looks the function up by its name, and takes the first (bpf_check_attach_target in kernel/bpf/verifier.c). */
function warnOfNamesakes(cx: AttachContext, functions: readonly FunctionPrototype[]): void {
  const list = functionList(cx.target.kernelFunctions());
  const names = functions.map(({ module, name }) => withModule(plainModule(module), name));
  const shared = names.filter((name) => list.isRepeated(name));
  const [first] = shared;
  if (first === undefined) return;
  const others = shared.length === 1 ? '' : `, and the same is true of ${String(shared.length - 1)} more`;
  cx.warning(
    'same-name',
    `The kernel has several functions '${first}', of which ${cx.row.name} sees one only${others}.`,
    `${kprobeOf(cx)} sees all of them.`,
  );
}

/** `bpf:[ID:]function`: of a BPF program that is loaded, the program itself or a function that it calls. */
function bpfFunction(cx: AttachContext): readonly ResolvedProbe[] {
  const [, ...rest] = cx.parts;
  const name = rest.at(-1) ?? '';
  const id = rest.length === 2 ? parseNumber(rest[0] ?? '') : null;
  if (name === '' || rest.length > 2 || (rest.length === 2 && id === null)) return malformed(cx);
  const matches = globMatcher(name);
  const all = cx.target.bpfFunctions?.() ?? [];
  const wanted = all.filter(
    ({ program, prototype }) => matches(prototype.name) && (id === null || program.id === Number(id)),
  );
  if (wanted.length === 0) {
    const names = all.map(({ prototype }) => prototype.name);
    const hint = nearest(name, names) ?? 'It takes programs that were loaded with their types (BTF).';
    cx.missing(`No BPF program has a function '${rest.join(':')}'.`, hint);
  }
  return wanted.map(({ program, prototype }) =>
    found(`${cx.row.name}:bpf:${String(program.id)}:${prototype.name}`, {
      kind: 'fentry',
      return: cx.row.returns,
      symbol: prototype.name,
      module: '',
      btfId: prototype.btfId,
      bpfProgram: program,
    }),
  );
}

function fentrySite(cx: AttachContext, fn: FunctionPrototype): ResolvedProbe {
  const module = plainModule(fn.module);
  return found(`${cx.row.name}:${withModule(module === '' ? 'vmlinux' : module, fn.name)}`, {
    kind: 'fentry',
    return: cx.row.returns,
    symbol: fn.name,
    module,
    btfId: fn.btfId,
    bpfProgram: null,
  });
}

/** Reports that tracepoints cannot be looked up here. */
function unknowable(cx: AttachContext): boolean {
  const problem = cx.target.tracepointProblem?.() ?? null;
  if (problem !== null) cx.missing(`Tracepoints cannot be used: ${problem}.`);
  return problem !== null;
}

export const tracepoint: Resolver = (cx) => {
  const [category = '', event = ''] = cx.parts;
  if (cx.parts.length !== 2 || category === '' || event === '') return malformed(cx);
  const site = (group: string, name: string): ResolvedProbe | null => {
    const format = cx.target.tracepoint(group, name);
    return (
      format &&
      found(`tracepoint:${group}:${name}`, { kind: 'tracepoint', category: group, event: name, id: format.id })
    );
  };
  if (!isGlob(category) && !isGlob(event)) {
    const one = site(category, event);
    if (one !== null) return [one];
    const name = `${category}:${event}`;
    if (unknowable(cx)) return [];
    cx.missing(`The kernel has no tracepoint '${name}'.`, () => nearest(name, cx.target.tracepoints()));
    return [];
  }
  const [inCategory, isEvent] = [globMatcher(category), globMatcher(event)];
  const all = cx.target.tracepoints().flatMap((name) => {
    const { module: group, name: own } = splitModule(name);
    if (!inCategory(group) || !isEvent(own)) return [];
    return site(group, own) ?? [];
  });
  if (all.length === 0 && !unknowable(cx)) cx.missing(`No tracepoint matches '${category}:${event}'.`);
  return all;
};

export const rawTracepoint: Resolver = (cx) => {
  const given = functionParts(cx);
  if (given === null) return malformed(cx);
  const direct = !isGlob(given.name) && (cx.target.btf?.rawTracepoint(given.name) ?? null) !== null;
  const names = direct ? [given.name] : rawNames(cx.target);
  const all = namesLike(names, given.name).map((event): ResolvedProbe => {
    const prototype = cx.target.btf?.rawTracepoint(event) ?? null;
    const module = plainModule(prototype?.module ?? '');
    const name = `rawtracepoint:${withModule(module === '' ? 'vmlinux' : module, event)}`;
    return found(name, { kind: 'rawtracepoint', event, module, btfId: prototype?.btfId ?? null });
  });
  const inModule = globMatcher(given.module ?? '*');
  const wanted = all.filter((one) => one.site.kind === 'rawtracepoint' && inModule(one.site.module));
  if (wanted.length === 0)
    cx.missing(`The kernel has no raw tracepoint '${given.name}'.`, () => nearest(given.name, names));
  return wanted;
};

/** BTF knows the names; without it those of the tracepoints serve. */
function rawNames(target: Target): readonly string[] {
  const names = target.btf?.rawTracepointNames() ?? [];
  return names.length > 0 ? names : [...new Set(target.tracepoints().map((name) => splitModule(name).name))];
}

const OF_ONE_MAP: ReadonlySet<string> = new Set(['bpf_map_elem', 'bpf_sk_storage_map', 'sockmap']);

export const iter: Resolver = (cx) => {
  const [object = '', pin] = cx.parts;
  if (object === '' || cx.parts.length > 2) return malformed(cx);
  const { btf } = cx.target;
  const [fn] = btf?.functions(`bpf_iter_${object}`, null) ?? [];
  if (fn === undefined) {
    const known = (btf?.functionNames() ?? [])
      .filter((name) => name.startsWith('bpf_iter_'))
      .map((name) => name.slice(9));
    cx.missing(`The kernel has no iterator '${object}'.`, nearest(object, known));
    return [];
  }
  if (OF_ONE_MAP.has(object)) {
    cx.error('unsupported', `iter:${object} walks over one map of another program, which a query cannot name.`);
    return [];
  }
  if (pin !== undefined && cx.options.pins !== true)
    cx.error(
      'unsupported',
      'Iterators are pinned on the command line only: a file would stay behind the query.',
      `Write iter:${object}.`,
    );
  return [found(`iter:${cx.parts.join(':')}`, { kind: 'iter', target: object, btfId: fn.btfId, pin: pin ?? null })];
};
