/**
 * What one run of a program costs in the kernel (BPF_ENABLE_STATS): ours beside the same written in C and compiled by
 * clang -O2, both attached to the same events at the same time, in both orders. An empty program tells what the
 * measuring itself costs, which the ratio leaves out. Goal: at most 1.1 of clang's.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { attachTracepoint } from '@bpfscope/native/link';
import { enableRunStatistics, readProgramInfo } from '@bpfscope/native/prog';
import { openById, Scope, type FileDescriptor } from '@bpfscope/native/sys';
import { readFormat } from '@bpfscope/native/tracefs';
import { DD, DD_PATH, startCli } from '../kernel/cli.ts';
import { programsOf } from './c/programs-of.ts';

interface Subject {
  readonly name: string;
  readonly query: string;
  /** File of the folder `c`, and the tracepoint of each of its programs. */
  readonly file: string;
  readonly programs: Readonly<Record<string, string>>;
}

const SYS_ENTER = 'raw_syscalls:sys_enter';

const SUBJECTS: readonly Subject[] = [
  {
    name: 'hist of a field',
    query: 'tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); }',
    file: 'hist',
    programs: { hist_field: SYS_ENTER },
  },
  {
    name: 'count by comm',
    query: 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }',
    file: 'count',
    programs: { count_comm: SYS_ENTER },
  },
  {
    name: 'read latency',
    query:
      'tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; } tracepoint:syscalls:sys_exit_read /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }',
    file: 'latency',
    programs: { read_enter: 'syscalls:sys_enter_read', read_exit: 'syscalls:sys_exit_read' },
  },
  {
    name: 'count by kernel stack',
    query: 'tracepoint:raw_syscalls:sys_enter { @[kstack] = count(); }',
    file: 'stack',
    programs: { count_stack: SYS_ENTER },
  },
  {
    name: 'printf',
    query: `tracepoint:raw_syscalls:sys_enter /comm == "${DD}"/ { printf("%d %s\\n", pid, comm); }`,
    file: 'printf',
    programs: { print_comm: SYS_ENTER },
  },
];

const EMPTY = { file: 'empty', programs: { empty: SYS_ENTER } };
const BLOCKS = 200_000;
const ROUNDS = 7;

const sources = fileURLToPath(new URL('c/', import.meta.url));
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const run = (command: string, ...words: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
  return stdout;
};

/** Why this cannot run here; null when it can. */
function missing(): string | null {
  const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
  if (!has('clang')) return 'needs clang (Debian: clang, libbpf-dev)';
  return has('bpftool') ? null : 'needs bpftool to load what clang made';
}

function compileAll(folder: string): void {
  const include = `-I/usr/include/${run('uname', '-m').trim()}-linux-gnu`;
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.bpf.c'))) {
    const object = join(folder, `${basename(file, '.bpf.c')}.o`);
    run('clang', '-O2', '-g', '-target', 'bpf', include, `-DDD_NAME="${DD}"`, '-c', join(sources, file), '-o', object);
  }
}

/** Loads the programs of a file and attaches each; `pins` is a folder of the BPF file system. */
function attachC(scope: Scope, object: string, programs: Subject['programs'], pins: string): FileDescriptor[] {
  run('bpftool', 'prog', 'loadall', object, pins);
  scope.add({ close: () => rmSync(pins, { recursive: true, force: true }) });
  return Object.entries(programs).map(([name, event]) => {
    const { id } = JSON.parse(run('bpftool', '-j', 'prog', 'show', 'pinned', join(pins, name))) as { id: number };
    const fd = openById('BPF_PROG_GET_FD_BY_ID', id, name);
    if (fd === null) throw new Error(`${name} is gone`);
    scope.add(fd);
    scope.add(attachTracepoint({ name, fd, expectedAttachType: 0 }, tracepointOf(event)));
    return fd;
  });
}

function tracepointOf(name: string): { category: string; event: string; id: number } {
  const [category = '', event = ''] = name.split(':');
  const format = readFormat(category, event);
  if (format === null) throw new Error(`no tracepoint ${name}`);
  return { category, event, id: format.id };
}

interface Figures {
  readonly ours: number;
  readonly clang: number;
  readonly empty: number;
}

/** Nanoseconds a run, the sum over a subject's programs. */
function cost(programs: readonly FileDescriptor[]): number {
  const each = programs.map((fd) => {
    const { runTimeNs, runCount } = readProgramInfo(fd);
    return Number(runTimeNs) / Number(runCount);
  });
  return each.reduce((a, b) => a + b, 0);
}

/** Both orders, the mean of the two: what runs second finds the caches warm. */
async function measureBoth(subject: Subject, folder: string): Promise<Figures> {
  const a = await measure(subject, folder, true);
  const b = await measure(subject, folder, false);
  return { ours: (a.ours + b.ours) / 2, clang: (a.clang + b.clang) / 2, empty: (a.empty + b.empty) / 2 };
}

async function measure(subject: Subject, folder: string, oursFirst: boolean): Promise<Figures> {
  const scope = new Scope();
  const pins = (file: string): string => `/sys/fs/bpf/bpfscope-bench-${process.pid}-${file}`;
  const attach = ({ file, programs }: Pick<Subject, 'file' | 'programs'>): FileDescriptor[] =>
    attachC(scope, join(folder, `${file}.o`), programs, pins(file));
  const before = oursFirst ? [] : attach(subject);
  const cli = startCli(['run', '-q', '-e', subject.query]);
  try {
    await cli.attached;
    const clang = oursFirst ? attach(subject) : before;
    const empty = attach(EMPTY);
    const ours = [...programsOf(cli.child.pid ?? 0)].flatMap((id) => {
      const fd = openById('BPF_PROG_GET_FD_BY_ID', id, `program ${id}`);
      return fd === null ? [] : [scope.add(fd)];
    });
    scope.add(enableRunStatistics());
    run(DD_PATH, 'if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${BLOCKS}`, 'status=none');
    const ran = ours.filter((fd) => readProgramInfo(fd).runCount > 1000n);
    return { ours: cost(ran), clang: cost(clang), empty: cost(empty) * ran.length };
  } finally {
    scope.close();
    cli.child.kill('SIGINT');
    await cli.finished;
  }
}

export async function main(): Promise<void> {
  const reason = missing();
  if (reason !== null) return console.log(`skipped: ${reason}`);
  const folder = mkdtempSync(join(tmpdir(), 'bpfscope-bench-'));
  const [only = ''] = process.argv.slice(2);
  try {
    compileAll(folder);
    for (const subject of SUBJECTS.filter(({ name }) => name.includes(only))) {
      const rounds: Figures[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measureBoth(subject, folder));
      const of = (pick: (f: Figures) => number): string => median(rounds.map(pick)).toFixed(1);
      const ratio = median(rounds.map((f) => (f.ours - f.empty) / (f.clang - f.empty)));
      console.log(
        `${subject.name}: ${of((f) => f.ours)} ns, clang -O2 ${of((f) => f.clang)} ns, an empty one ${of((f) => f.empty)} ns: ratio without it ${ratio.toFixed(2)} (goal 1.1)`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
