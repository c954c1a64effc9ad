/**
 * What one run of a program costs in the kernel (BPF_ENABLE_STATS), ours beside the installed bpftrace's, the same load
 * for both, in turns. Goal: at most 0.9 of bpftrace's, 0.6 where stacks are keys (bpftrace 0.27 has the frames in the
 * key). The statistics themselves cost some 20 ns of each figure.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { enableRunStatistics, listPrograms } from '@bpfscope/native/prog';
import { startCli } from '../kernel/cli.ts';
import { programsOf } from './c/programs-of.ts';

interface Subject {
  readonly name: string;
  readonly query: string;
  /** Most of bpftrace's time. */
  readonly goal: number;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'hist of a field', goal: 0.9, query: 'tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); }' },
  { name: 'count by comm', goal: 0.9, query: 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }' },
  {
    name: 'read latency',
    goal: 0.9,
    query:
      'tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; } tracepoint:syscalls:sys_exit_read /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }',
  },
  { name: 'count by kernel stack', goal: 0.6, query: 'tracepoint:raw_syscalls:sys_enter { @[kstack] = count(); }' },
  {
    name: 'printf',
    goal: 0.9,
    query: 'tracepoint:raw_syscalls:sys_enter /comm == "dd"/ { printf("%d %s\\n", pid, comm); }',
  },
];

const BLOCKS = 300_000;
const ROUNDS = 5;

const older = (query: string): string => query.replaceAll('args.', 'args->');

/** Nanoseconds a run of each of the process's programs. */
async function measure(start: () => Promise<ChildProcess>): Promise<number[]> {
  const child = await start();
  const statistics = enableRunStatistics();
  try {
    const ids = programsOf(child.pid ?? 0);
    spawnSync('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${BLOCKS}`, 'status=none']);
    const found = listPrograms().filter((p) => ids.has(p.id) && p.runCount > 1000n);
    return found.map((p) => Number(p.runTimeNs) / Number(p.runCount));
  } finally {
    statistics.close();
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('close', resolve));
  }
}

async function startOurs(query: string): Promise<ChildProcess> {
  const cli = startCli(['run', '-q', '-e', query]);
  await cli.attached;
  return cli.child;
}

function startBpftrace(query: string): Promise<ChildProcess> {
  const child = spawn('bpftrace', ['-o', '/dev/null', '-e', query], {
    env: { ...process.env, BPFTRACE_MAX_MAP_KEYS: '4096' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    const look = setInterval(() => {
      if (child.pid === undefined || programsOf(child.pid).size === 0) return;
      clearInterval(look);
      // All are attached shortly after the first is loaded.
      setTimeout(() => resolve(child), 500);
    }, 50);
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

export async function main(): Promise<void> {
  const hasBpftrace = spawnSync('bpftrace', ['--version']).status === 0;
  const [only = ''] = process.argv.slice(2);
  for (const { name, query, goal } of SUBJECTS.filter((one) => one.name.includes(only))) {
    const ours: number[][] = [];
    const theirs: number[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await measure(() => startOurs(query)));
      if (hasBpftrace) theirs.push(await measure(() => startBpftrace(older(query))));
    }
    const sum = (rows: readonly number[][]): number => median(rows.map((r) => r.reduce((a, b) => a + b, 0)));
    const [a, b] = [sum(ours), sum(theirs)];
    const compared = hasBpftrace
      ? `bpftrace ${b.toFixed(1)} ns, ratio ${(a / b).toFixed(2)} (goal ${goal})`
      : 'no bpftrace here';
    console.log(`${name}: ${a.toFixed(1)} ns a run (all programs of the query), ${compared}`);
  }
}

await main();
