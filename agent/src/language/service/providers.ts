/** The probe types: how they are written, and one sentence each. */
export interface ProviderRow {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly form: string;
  /** What completion inserts; `${1:text}` is a place to type. */
  readonly snippet: string;
  readonly documentation: string;
}

const row = (
  name: string,
  aliases: readonly string[],
  form: string,
  snippet: string,
  documentation: string,
): ProviderRow => ({ name, aliases, form, snippet, documentation });

export const PROVIDER_ROWS: readonly ProviderRow[] = [
  row('begin', ['BEGIN'], 'begin', 'begin {\n\t$0\n}', 'Runs once before all other probes are attached.'),
  row('end', ['END'], 'end', 'end {\n\t$0\n}', 'Runs once after all other probes are detached.'),
  row(
    'tracepoint',
    ['t'],
    'tracepoint:category:event',
    'tracepoint:',
    'A stable event of the kernel; its fields are in `args`.',
  ),
  row(
    'rawtracepoint',
    ['rt'],
    'rawtracepoint:[module:]event',
    'rawtracepoint:',
    'A kernel event with its raw arguments: cheaper than `tracepoint`, less stable.',
  ),
  row(
    'kprobe',
    ['k'],
    'kprobe:[module:]function[+offset]',
    'kprobe:',
    'Entry of a kernel function; `arg0`, `arg1`, ... are its arguments.',
  ),
  row(
    'kretprobe',
    ['kr'],
    'kretprobe:[module:]function',
    'kretprobe:',
    'Return of a kernel function; `retval` is what it returns.',
  ),
  row(
    'fentry',
    ['f', 'kfunc'],
    'fentry:[module:]function',
    'fentry:',
    'Entry of a kernel function by BTF: cheaper than kprobe, typed `args`.',
  ),
  row(
    'fexit',
    ['fr', 'kretfunc'],
    'fexit:[module:]function',
    'fexit:',
    'Return of a kernel function by BTF, with `args` and `retval`.',
  ),
  row('uprobe', ['u'], 'uprobe:binary:function[+offset]', 'uprobe:', 'Entry of a function in a program or library.'),
  row('uretprobe', ['ur'], 'uretprobe:binary:function', 'uretprobe:', 'Return of a function in a program or library.'),
  row('usdt', ['U'], 'usdt:binary:[provider:]name', 'usdt:', 'A static probe built into a program or library.'),
  row('profile', ['p'], 'profile:hz:N', 'profile:hz:${1:99}', 'Fires on every CPU, N times a second.'),
  row('interval', ['i'], 'interval:s:N', 'interval:s:${1:1}', 'Fires on one CPU every N units of time.'),
  row(
    'software',
    ['s'],
    'software:event[:count]',
    'software:',
    'Every `count`-th software event of perf: `faults`, `cs`.',
  ),
  row(
    'hardware',
    ['h'],
    'hardware:event[:count]',
    'hardware:',
    'Every `count`-th hardware event of perf: `cycles`, `cache-misses`.',
  ),
  row('watchpoint', ['w'], 'watchpoint:address:length:mode', 'watchpoint:', 'Access to memory: mode of `r`, `w`, `x`.'),
  row('iter', ['it'], 'iter:kind[:pin]', 'iter:', 'Runs once for every task, file or mapping of the kernel.'),
  row('self', [], 'self:signal:NAME', 'self:signal:${1:SIGUSR1}', 'A signal sent to bpfscope itself.'),
];

const BY_NAME = new Map(PROVIDER_ROWS.flatMap((entry) => [entry.name, ...entry.aliases].map((name) => [name, entry])));

export function providerRow(name: string): ProviderRow | null {
  return BY_NAME.get(name) ?? null;
}
