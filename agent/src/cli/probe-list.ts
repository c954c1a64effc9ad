/** The probes that this host offers, by pattern; one row a provider. Names as bpftrace's -l prints them. */
import { readFormat } from '@bpfscope/native/tracefs';
import { demanglerOf, isReadableName, namePattern } from '../language/check/attach/demangled.ts';
import { globMatcher } from '../language/check/attach/glob.ts';
import { typeName } from '../language/type-name.ts';
import type { Btf, FunctionPrototype, Target } from '../language/target.ts';

export interface ListedProbe {
  readonly name: string;
  /** One line each, as a C declaration. */
  args(): readonly string[];
}

interface Provider {
  readonly names: readonly string[];
  list(target: Target, pattern: string): Iterable<ListedProbe>;
}

const none = (): readonly string[] => [];

function prototypeLines(
  prototype: FunctionPrototype | null | undefined,
  btf: Btf | null | undefined = null,
  returns = true,
): readonly string[] {
  if (prototype === null || prototype === undefined) return [];
  const spelled = btf?.spelling?.(prototype) ?? null;
  const lines = prototype.params.map(
    ({ name, type, spelling }, n) => `${spelling ?? spelled?.params[n] ?? typeName(type)} ${name}`,
  );
  if (prototype.returns.kind === 'none' || !returns) return lines;
  return [...lines, `${spelled?.returns ?? typeName(prototype.returns)} retval`];
}

const SOFTWARE = [
  'alignment-faults',
  'bpf-output',
  'context-switches',
  'cpu-clock',
  'cpu-migrations',
  'dummy',
  'emulation-faults',
  'major-faults',
  'minor-faults',
  'page-faults',
  'task-clock',
];

const HARDWARE = [
  'backend-stalls',
  'branch-instructions',
  'branch-misses',
  'bus-cycles',
  'cache-misses',
  'cache-references',
  'cpu-cycles',
  'frontend-stalls',
  'instructions',
  'ref-cycles',
];

const PROVIDERS: readonly Provider[] = [
  {
    names: ['hardware', 'h'],
    list: () => HARDWARE.map((event) => ({ name: `hardware:${event}:`, args: none })),
  },
  {
    names: ['software', 's'],
    list: () => SOFTWARE.map((event) => ({ name: `software:${event}:`, args: none })),
  },
  { names: ['kprobe', 'k'], list: (target) => kernelFunctions(target, 'kprobe') },
  { names: ['kretprobe', 'kr'], list: (target) => kernelFunctions(target, 'kretprobe') },
  { names: ['fentry', 'f', 'kfunc'], list: (target) => typedFunctions(target, 'fentry') },
  { names: ['fexit', 'fr', 'kretfunc'], list: (target) => typedFunctions(target, 'fexit') },
  {
    names: ['rawtracepoint', 'rt'],
    list: function* ({ btf }) {
      for (const name of btf?.rawTracepointNames() ?? []) {
        yield { name: `rawtracepoint:vmlinux:${name}`, args: () => prototypeLines(btf?.rawTracepoint(name), btf) };
      }
    },
  },
  {
    names: ['tracepoint', 't'],
    list: function* (target) {
      for (const name of target.tracepoints()) {
        yield { name: `tracepoint:${name}`, args: () => tracepointLines(name) };
      }
    },
  },
  {
    names: ['iter', 'it'],
    list: ({ btf }) =>
      (btf?.functionNames() ?? [])
        .filter((name) => name.startsWith('bpf_iter_'))
        .map((name) => name.slice('bpf_iter_'.length))
        // Other functions of iterators have names like theirs; each iterator has a struct with its arguments.
        .filter((name) => btf?.struct(`bpf_iter__${name}`, 'struct') !== null)
        .map((name) => ({ name: `iter:${name}`, args: () => iteratorLines(btf, name) })),
  },
  { names: ['uprobe', 'u'], list: (target, pattern) => userFunctions(target, pattern, 'uprobe') },
  { names: ['uretprobe', 'ur'], list: (target, pattern) => userFunctions(target, pattern, 'uretprobe') },
  { names: ['usdt', 'U'], list: userProbes },
];

function* kernelFunctions(target: Target, provider: string): Generator<ListedProbe> {
  for (const name of target.kernelFunctions()) yield { name: `${provider}:${name}`, args: none };
}

function* typedFunctions(target: Target, provider: 'fentry' | 'fexit'): Generator<ListedProbe> {
  const { btf } = target;
  for (const name of btf?.functionNames() ?? []) {
    const args = (): readonly string[] => prototypeLines(btf?.functions(name, null)[0], btf, provider === 'fexit');
    yield { name: `${provider}:vmlinux:${name}`, args };
  }
  for (const { program, prototype } of target.bpfFunctions?.() ?? []) {
    yield {
      name: `${provider}:bpf:${program.id}:${prototype.name}`,
      args: () => prototypeLines(prototype, null, provider === 'fexit'),
    };
  }
}

/** What `ctx` of an iterator has. */
function iteratorLines(btf: Btf | null, name: string): readonly string[] {
  const type = btf?.struct(`bpf_iter__${name}`, 'struct') ?? null;
  const fields = type === null ? [] : (btf?.fields(type.id) ?? []);
  // Fields are in unions of their own, which keep 32-bit pointers 64 bits wide.
  return fields
    .flatMap((field) =>
      field.name === '' && field.type.kind === 'struct' ? (btf?.fields(field.type.id) ?? []) : field,
    )
    .filter((field) => field.name !== 'meta')
    .map((field) => `${typeName(field.type)} ${field.name}`);
}

/** As the kernel declares them: the names that C programmers look for. */
function tracepointLines(name: string): readonly string[] {
  const [category = '', event = ''] = name.split(':');
  const fields = readFormat(category, event)?.fields ?? [];
  return fields
    .filter((field) => !field.name.startsWith('common_'))
    .map((field) => `${field.type} ${field.name}${field.count === null ? '' : `[${field.count}]`}`);
}

/** `uprobe:/bin/bash:read*`: the binary is part of the pattern. C++ and Rust names (`cpp:foo::*`) are listed as they are written. */
function* userFunctions(target: Target, pattern: string, provider: string): Generator<ListedProbe> {
  const [, binary = '', ...rest] = pattern.replaceAll('"', '').split(':');
  const name = (rest[0] === 'cpp' ? rest.slice(1) : rest).join(':') || '*';
  const demangle = demanglerOf(target);
  const readable = rest[0] === 'cpp' || isReadableName(name) ? namePattern(name) : null;
  const matches = globMatcher(name);
  for (const file of binary === '' ? [] : target.binaries(binary, null)) {
    for (const symbol of file.symbols()) {
      const written = readable?.mayBe(symbol.name) === true ? demangle(symbol.name) : '';
      if (readable === null ? !matches(symbol.name) : !readable.matches(written)) continue;
      const args = (): readonly string[] =>
        provider === 'uprobe' ? prototypeLines(file.prototype(symbol.name, symbol.offset), null, false) : [];
      yield { name: `${provider}:${file.path}:${readable === null ? symbol.name : `cpp:"${written}"`}`, args };
    }
  }
}

function* userProbes(target: Target, pattern: string): Generator<ListedProbe> {
  const [, binary = ''] = pattern.split(':');
  for (const file of binary === '' ? [] : target.binaries(binary, null)) {
    for (const probe of file.usdt()) {
      yield { name: `usdt:${file.path}:${probe.provider}:${probe.name}`, args: none };
    }
  }
}

/** A pattern with a provider looks there; one without looks everywhere, and is found anywhere in a name. */
export function* listProbes(target: Target, pattern: string): Generator<ListedProbe> {
  const [head = '', ...rest] = pattern.split(':');
  const named = PROVIDERS.find(({ names }) => names.includes(head));
  if (named === undefined) {
    const matches = pattern === '' ? () => true : globMatcher(/[*?]/.test(pattern) ? pattern : `*${pattern}*`);
    for (const provider of PROVIDERS) yield* filtered(provider.list(target, ''), matches);
    return;
  }
  const userSpace = ['uprobe', 'uretprobe'].includes(named.names[0] ?? '');
  const tail = rest.join(':');
  // Modules stand between provider and function: a pattern of two parts means any module.
  const patterns = tail === '' ? ['*'] : [tail, `*:${tail}`];
  const matchers = patterns.map((part) => globMatcher(`${named.names[0]}:${part}`));
  yield* filtered(
    named.list(target, pattern),
    userSpace ? () => true : (name) => matchers.some((matches) => matches(name)),
  );
}

/** In the order of their names. */
function filtered(probes: Iterable<ListedProbe>, matches: (name: string) => boolean): ListedProbe[] {
  return [...probes]
    .filter(({ name }) => matches(name))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
