/** What the front end costs in an editor, on every key: parse, colours, completion, formatting; medians in milliseconds. */
import { complete, format, parse, tokens } from '@bpfscope/agent/language';

const PROBE = `// How long reads take, by process.
kprobe:vfs_read,
kretprobe:vfs_read /pid == 1234 && @start[tid]/ {
  $size = ((struct file *)arg0)->f_inode.i_size;
  if ($size > 1024 && comm != "bash") { @us[comm, pid] = hist((nsecs - @start[tid]) / 1000); }
  printf("%-16s %d\\n", str(args.filename), $size);
}
`;

const TEXTS: readonly [string, string][] = [
  ['one line', 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }'],
  ['a tool of 60 lines', PROBE.repeat(8)],
  ['100 kB', PROBE.repeat(Math.ceil(100_000 / PROBE.length))],
  ['1 MB', PROBE.repeat(Math.ceil(1_000_000 / PROBE.length))],
];

async function median(rounds: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1] ?? 0;
}

for (const [name, text] of TEXTS) {
  const rounds = text.length > 50_000 ? 5 : 200;
  const { program } = parse(text);
  const row = [
    ['parse', await median(rounds, () => parse(text))],
    ['colours', await median(rounds, () => tokens(text, program))],
    ['completion', await median(rounds, () => complete(text, text.length - 2))],
    ['format', await median(rounds, () => format(text))],
  ] as const;
  const figures = row.map(([what, time]) => `${what} ${time < 10 ? time.toFixed(3) : time.toFixed(0)}`);
  console.log(`language, ${name} (${text.length} characters): ${figures.join(', ')} ms`);
}
