/** What the front end costs in an editor, on every key, in ms of CPU. Goal: a query of 100 lines is checked in 5 ms. */
import { hostTarget } from '@bpfscope/agent/engine';
import { check, complete, format, parse, tokens } from '@bpfscope/agent/language';
import { threadMs, timed, timingText } from './lib/calibration.ts';

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
  ['a tool of 100 lines', PROBE.repeat(13)],
  ['100 kB', PROBE.repeat(Math.ceil(100_000 / PROBE.length))],
  ['1 MB', PROBE.repeat(Math.ceil(1_000_000 / PROBE.length))],
];

const target = hostTarget();
for (const [name, text] of TEXTS) {
  const rounds = text.length > 50_000 ? 5 : 100;
  const { program } = parse(text);
  const one = (work: () => unknown): string =>
    timingText(
      timed(rounds, rounds, () => {
        const start = threadMs();
        work();
        return [threadMs() - start];
      }),
    );
  console.log(`${name} (${text.length} characters)`);
  console.log(`  parse and check: ${one(() => check(parse(text).program, text, target, {}))}`);
  console.log(`  parse: ${one(() => parse(text))}`);
  console.log(`  colours: ${one(() => tokens(text, program))}`);
  console.log(`  completion: ${one(() => complete(text, text.length - 2))}`);
  console.log(`  format: ${one(() => format(text))}`);
}
