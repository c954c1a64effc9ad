/** The probe types: names, spellings and documentation, for attach point resolution, hover and completion. */
import type { AttachKind } from '../../attach.ts';

export interface ProviderRow {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly kind: AttachKind;
  readonly returns: boolean;
  /** How attach points are written. */
  readonly forms: readonly string[];
  readonly documentation: string;
  /** Placeholders that stand for a list the host knows. */
  readonly hostDependent: boolean;
}

const row = (
  name: string,
  aliases: string,
  kind: AttachKind,
  forms: readonly string[],
  documentation: string,
  more: Partial<ProviderRow> = {},
): ProviderRow => ({
  name,
  aliases: aliases === '' ? [] : aliases.split(' '),
  kind,
  forms,
  documentation,
  returns: false,
  hostDependent: true,
  ...more,
});

const FIXED = { hostDependent: false };
const RETURN = { returns: true };
const TIMER_UNITS = ['hz:N', 's:N', 'ms:N', 'us:N', 'DURATION'];
const timers = (name: string) => TIMER_UNITS.map((unit) => `${name}:${unit}`);

export const PROVIDERS: readonly ProviderRow[] = [
  row('begin', '', 'begin', ['begin'], 'Runs once, before all other probes.', FIXED),
  row('end', '', 'end', ['end'], 'Runs once, when the query ends.', FIXED),
  row(
    'kprobe',
    'k',
    'kprobe',
    ['kprobe:[module:]function', 'kprobe:function+offset'],
    'Entry of a kernel function; `arg0` is its first argument.',
  ),
  row(
    'kretprobe',
    'kr',
    'kprobe',
    ['kretprobe:[module:]function'],
    'Return of a kernel function; `retval` is what it returns.',
    RETURN,
  ),
  row(
    'fentry',
    'f kfunc',
    'fentry',
    ['fentry:[module:]function', 'fentry:bpf:[id:]function'],
    'Entry of a kernel function with typed arguments: `args.name`. Cheaper than kprobe. Of BPF programs too, those with types.',
  ),
  row(
    'fexit',
    'fr kretfunc',
    'fentry',
    ['fexit:[module:]function', 'fexit:bpf:[id:]function'],
    'Return of a kernel function with typed arguments and `retval`.',
    RETURN,
  ),
  row(
    'tracepoint',
    't',
    'tracepoint',
    ['tracepoint:category:event'],
    'A static event of the kernel; its fields are in `args`.',
  ),
  row(
    'rawtracepoint',
    'rt',
    'rawtracepoint',
    ['rawtracepoint:[module:]event'],
    'The same events with the kernel’s own arguments.',
  ),
  row(
    'uprobe',
    'u',
    'uprobe',
    [
      'uprobe:binary:function',
      'uprobe:binary:function+offset',
      'uprobe:binary:address',
      'uprobe:binary:cpp:"name::space::function(int)"',
      'uprobe:binary@file.c:line',
    ],
    'Entry of a function in a program or library, or a line of its source. C++ and Rust functions by the names that people write: without parameters every overload.',
  ),
  row(
    'uretprobe',
    'ur',
    'uprobe',
    ['uretprobe:binary:function'],
    'Return of a function in a program or library.',
    RETURN,
  ),
  row('usdt', 'U', 'usdt', ['usdt:binary:[provider:]probe'], 'A static probe compiled into a program.'),
  row('profile', 'p', 'profile', timers('profile'), 'A timer on every CPU, for sampling.', FIXED),
  row('interval', 'i', 'interval', timers('interval'), 'A timer on one CPU, for output.', FIXED),
  row(
    'software',
    's',
    'software',
    ['software:event[:count]'],
    'A software event of the kernel, every `count` times.',
    FIXED,
  ),
  row('hardware', 'h', 'hardware', ['hardware:event[:count]'], 'A hardware counter, every `count` times.', FIXED),
  row('iter', 'it', 'iter', ['iter:object[:pin]'], 'Runs once for each kernel object, such as `task`.'),
  row(
    'watchpoint',
    'w',
    'watchpoint',
    ['watchpoint:address:length:mode'],
    'Fires when memory is read (r), written (w) or executed (x).',
    FIXED,
  ),
  row('self', '', 'signal', ['self:signal:SIGUSR1'], 'Runs when the agent gets the signal.', FIXED),
  row('test', '', 'test', ['test:name'], 'A test of the language itself.', FIXED),
  row('bench', '', 'bench', ['bench:name'], 'A benchmark of the language itself.', FIXED),
];

const BY_NAME = new Map(PROVIDERS.flatMap((one) => [one.name, ...one.aliases].map((name) => [name, one] as const)));

/** By name or alias; begin and end in any case. */
export function providerRow(name: string): ProviderRow | null {
  const lower = name.toLowerCase();
  return BY_NAME.get(name) ?? (lower === 'begin' || lower === 'end' ? (BY_NAME.get(lower) ?? null) : null);
}

export function providerNames(): readonly string[] {
  return [...BY_NAME.keys()];
}
