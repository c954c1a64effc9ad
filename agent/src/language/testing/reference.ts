/** The tables of docs/language.md, made from those of the checker. */
import { DEFAULT_CONFIG } from '../config.ts';
import { configDetail } from '../service/config.ts';
import { BUILTINS } from '../tables/builtins.ts';
import { CONFIG_ROWS } from '../tables/config.ts';
import { FUNCTIONS } from '../tables/functions/index.ts';
import { PROVIDERS } from '../tables/probes/index.ts';
import { CONSTRUCTS } from './constructs.ts';

/** A `|` would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;
const byName = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Linux versions of the helpers that rows ask for. */
const HELPERS: Readonly<Record<string, string>> = {
  'helper:bpf_get_current_cgroup_id': '4.18',
  'helper:bpf_jiffies64': '5.5',
  'helper:bpf_per_cpu_ptr': '5.10',
  'helper:bpf_send_signal': '5.3',
  'helper:bpf_send_signal_thread': '5.5',
  'helper:bpf_override_return': '4.16, CONFIG_BPF_KPROBE_OVERRIDE',
  'helper:bpf_probe_write_user': '4.8',
};

/** What a probe type wants of the kernel. */
const PROBES: Readonly<Record<string, string>> = {
  kprobe: 'needs CONFIG_KPROBES',
  kretprobe: 'needs CONFIG_KPROBES',
  fentry: 'needs Linux 5.5 with BTF',
  fexit: 'needs Linux 5.5 with BTF',
  rawtracepoint: 'works; `args` needs Linux 5.5 with BTF',
  uprobe: 'needs CONFIG_UPROBES',
  uretprobe: 'needs CONFIG_UPROBES',
  usdt: 'needs CONFIG_UPROBES',
  hardware: 'needs hardware counters',
  iter: 'needs Linux 5.8 with BTF; pinned on the command line, with printf of numbers and strings',
  watchpoint: 'needs hardware breakpoints',
  bench: 'runs with `--bench`, up to a million times; how long a run takes is printed',
  test: 'runs with `--test`: it fails when it returns anything but 0, reports an error, or exits with a code',
};

/** Builtins and functions that do not just work. */
const SPECIAL: Readonly<Record<string, string>> = {
  comm: 'works; by process id: Linux 6.2',
  ppid: 'works; by process id: Linux 6.2',
  pcomm: 'works; by process id: Linux 6.2',
  leader_comm: 'works; by process id: Linux 6.2',
  leader_tid: 'works; by process id: Linux 6.2',
  func: 'works; of many uprobes in one: Linux 5.15',
  kstack: 'works; at most 127 frames',
  ustack: 'works; at most 127 frames; by frame pointers',
  dw_ustack: 'x86-64, Linux 5.17; elsewhere as `ustack`',
  cgroup_path: 'works; in version 2 of cgroups',
  debugf: 'differs: printed with the other output',
  kfunc_allowed: 'works for what bpfscope itself may call',
  path: 'Linux 5.10, where the kernel lists the function',
  skboutput: 'differs: the part of the packet that is in one piece',
  unwatch: 'accepted, does nothing',
  socket_cookie: 'Linux 5.12',
};

/** Config keys that are read and change nothing, with the reason. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  on_stack_limit: 'accepted: what fits on the stack is found out',
  log_size: 'accepted: the log grows as it must',
  lazy_symbolication: 'accepted: names are always looked up when printed',
  cache_user_symbols: 'accepted: names are kept by process and file',
  unstable_import_statement: 'accepted: there is no import in blocks',
};

/** Names in these lists that no table has: mistakes of the lists. */
export function strangeNames(): string[] {
  const known = new Set([...BUILTINS, ...FUNCTIONS, ...PROVIDERS, ...CONFIG_ROWS].map(({ name }) => name as string));
  return [PROBES, SPECIAL, WITHOUT_EFFECT].flatMap(Object.keys).filter((name) => !known.has(name));
}

function needs(requires: readonly string[] | undefined): string | null {
  if (requires === undefined) return null;
  const words = requires.map((one) => {
    const since = HELPERS[one];
    if (since === undefined) throw new Error(`the version of ${one} is missing in HELPERS`);
    return `${one.replace('helper:', '')} (Linux ${since})`;
  });
  return `needs ${words.join(' or ')}`;
}

interface Refusals {
  /** Whether the compiler refuses a builtin or function that the checker knows. */
  missing(name: string, kind: 'builtin' | 'function'): boolean;
}

export function referenceTables({ missing }: Refusals): string {
  const state = (
    row: { readonly name: string; readonly requires?: readonly string[] },
    kind: 'builtin' | 'function',
  ) => (missing(row.name, kind) ? '**not supported yet**' : (SPECIAL[row.name] ?? needs(row.requires) ?? 'works'));
  const constructs = CONSTRUCTS.map((one) => [one.name, one.state ?? 'works']);
  const probes = PROVIDERS.map((row) => [
    row.forms.map(code).join(', '),
    row.aliases.map(code).join(' '),
    row.documentation,
    PROBES[row.name] ?? 'works',
  ]);
  const builtins = byName(BUILTINS).map((row) => [
    code(row.name),
    row.type,
    row.documentation,
    row.probes?.join(', ') ?? 'all',
    state(row, 'builtin'),
  ]);
  const functions = byName(FUNCTIONS).map((row) => [
    row.signatures.map(code).join(', '),
    row.documentation,
    [row.kind, ...(row.unsafe ? ['needs `--unsafe`'] : [])].join(', '),
    state(row, 'function'),
  ]);
  const config = byName(CONFIG_ROWS).map((row) => [
    code(row.name),
    configDetail(row),
    row.documentation,
    WITHOUT_EFFECT[row.name] ?? 'works',
  ]);
  return [
    `### Constructs (${CONSTRUCTS.length})`,
    table(['Construct', 'State'], constructs),
    '### Probe types',
    table(['Forms', 'Short', 'Meaning', 'State'], probes),
    '### Builtins',
    table(['Name', 'Type', 'Meaning', 'Probes', 'State'], builtins),
    '### Functions',
    table(['Call', 'Meaning', 'Kind', 'State'], functions),
    `### Config keys (${Object.keys(DEFAULT_CONFIG).length})`,
    table(['Key', 'Value', 'Meaning', 'State'], config),
  ].join('\n\n');
}
