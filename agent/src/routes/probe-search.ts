/** Probes of this host by part of their name or by wildcards, for the editor. */
import { globMatcher } from '../language/check/attach/glob.ts';
import { typeName } from '../language/type-name.ts';
import type { Target } from '../language/target.ts';
import type { ProbeSearch } from '../protocol/index.ts';

interface Provider {
  /** Full names, in the order in which they are shown; some depend on what is looked for. */
  names(target: Target, pattern: string): readonly string[];
  args(target: Target, name: string): ProbeSearch['probes'][number]['args'];
}

const none = (): [] => [];

const PROVIDERS: readonly Provider[] = [
  { names: () => ['begin', 'end', 'profile:hz:99', 'interval:s:1'], args: none },
  {
    names: () =>
      ['cpu-clock', 'task-clock', 'page-faults', 'context-switches', 'cpu-migrations', 'minor-faults', 'major-faults']
        .map((event) => `software:${event}:`)
        .concat(
          ['cpu-cycles', 'instructions', 'cache-references', 'cache-misses', 'branch-misses'].map(
            (e) => `hardware:${e}:`,
          ),
        ),
    args: none,
  },
  {
    names: (target) => target.tracepoints().map((name) => `tracepoint:${name}`),
    args: (target, name) => {
      const [, category = '', event = ''] = name.split(':');
      const fields = target.tracepoint(category, event)?.fields ?? [];
      return fields.map((field) => ({ name: field.name, type: typeName(field.type) }));
    },
  },
  {
    names: (target) => (target.btf?.rawTracepointNames() ?? []).map((name) => `rawtracepoint:${name}`),
    args: (target, name) => {
      const prototype = target.btf?.rawTracepoint(name.split(':')[1] ?? '');
      return (prototype?.params ?? []).map((param) => ({ name: param.name, type: typeName(param.type) }));
    },
  },
  {
    names: (target) => (target.has('kprobe') ? target.kernelFunctions().map((name) => `kprobe:${name}`) : []),
    args: none,
  },
  {
    names: (target) => (target.has('prog:tracing') ? target.kernelFunctions().map((name) => `fentry:${name}`) : []),
    args: (target, name) => {
      const parts = name.split(':').slice(1);
      const prototype = target.btf?.functions(parts.at(-1) ?? '', parts.length > 1 ? (parts[0] ?? null) : null)[0];
      return (prototype?.params ?? []).map((param) => ({ name: param.name, type: typeName(param.type) }));
    },
  },
  { names: userFunctions, args: userArguments },
];

const USER = /^(?:uprobe|u):([^:]+):([^:]*)$/;

/** Of one binary, and only when it is named: `uprobe:bash:read`. */
function userFunctions(target: Target, pattern: string): readonly string[] {
  const [, binary = ''] = USER.exec(pattern.trim()) ?? [];
  if (binary === '') return [];
  const head = pattern.trim().slice(0, pattern.trim().lastIndexOf(':') + 1);
  return target.binaries(binary, null).flatMap((file) => file.symbols().map(({ name }) => head + name));
}

function userArguments(target: Target, name: string): ProbeSearch['probes'][number]['args'] {
  const [, binary = '', symbol = ''] = USER.exec(name) ?? [];
  for (const file of target.binaries(binary, null)) {
    const found = file.symbols().find((one) => one.name === symbol);
    const prototype = found === undefined ? null : file.prototype(symbol, found.offset);
    if (prototype === null) continue;
    const readable = prototype.params.filter(({ place }) => place?.kind !== 'nowhere');
    return readable.map((param) => ({ name: param.name, type: typeName(param.type) }));
  }
  return [];
}

/** `*` and `?` as in attach points; without a wildcard any part of the name. */
export function matcher(pattern: string): (name: string) => boolean {
  const text = pattern.trim().toLowerCase();
  if (!/[*?]/.test(text)) return (name) => name.toLowerCase().includes(text);
  const matches = globMatcher(text);
  return (name) => matches(name.toLowerCase());
}

export function searchProbes(target: Target, pattern: string, limit: number): ProbeSearch {
  const matches = matcher(pattern);
  const probes: ProbeSearch['probes'] = [];
  let total = 0;
  for (const provider of PROVIDERS) {
    for (const name of provider.names(target, pattern)) {
      if (!matches(name)) continue;
      total += 1;
      if (probes.length < limit) probes.push({ name, args: provider.args(target, name) });
    }
  }
  return { probes, total };
}
