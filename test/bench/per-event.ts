/**
 * What one run of a program costs in the kernel (BPF_ENABLE_STATS), ours beside the installed bpftrace's, the same load
 * for both, in turns. Goal: at most 0.9 of bpftrace's. A count by stack also beside a program with the frames in the key,
 * as bpftrace 0.27 has them: at most 0.6. The statistics themselves cost some 20 ns of each figure.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { enableRunStatistics, listPrograms } from '@bpfscope/native/prog';
import { Scope } from '@bpfscope/native/sys';
import { startCli } from '../kernel/cli.ts';
import { attachFramesInKey } from './lib/frames-in-key.ts';
import { programsOf } from './c/programs-of.ts';

interface Subject {
  readonly name: string;
  readonly query: string;
  /** The keys are stacks. */
  readonly stacks?: true;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'hist of a field', query: 'tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); }' },
  { name: 'count by comm', query: 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }' },
  {
    name: 'read latency',
    query:
      'tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; } tracepoint:syscalls:sys_exit_read /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }',
  },
  { name: 'count by kernel stack', query: 'tracepoint:raw_syscalls:sys_enter { @[kstack] = count(); }', stacks: true },
  {
    name: 'printf',
    query: 'tracepoint:raw_syscalls:sys_enter /comm == "dd"/ { printf("%d %s\\n", pid, comm); }',
  },
];

const BLOCKS = 300_000;
const ROUNDS = 5;

const older = (query: string): string => query.replaceAll('args.', 'args->');

/** Nanoseconds a run of each of these programs, while there is something for them to do. */
function underLoad(ids: ReadonlySet<number>): number[] {
  const statistics = enableRunStatistics();
  try {
    spawnSync('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${BLOCKS}`, 'status=none']);
    const found = listPrograms().filter((p) => ids.has(p.id) && p.runCount > 1000n);
    return found.map((p) => Number(p.runTimeNs) / Number(p.runCount));
  } finally {
    statistics.close();
  }
}

/** Of the process's programs. */
async function measure(start: () => Promise<ChildProcess>): Promise<number[]> {
  const child = await start();
  try {
    return underLoad(programsOf(child.pid ?? 0));
  } finally {
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('close', resolve));
  }
}

function measureFramesInKey(): number[] {
  const scope = new Scope();
  try {
    return underLoad(new Set([attachFramesInKey(scope)]));
  } finally {
    scope.close();
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
  for (const { name, query, stacks } of SUBJECTS.filter((one) => one.name.includes(only))) {
    const ours: number[][] = [];
    const theirs: number[][] = [];
    const inKey: number[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await measure(() => startOurs(query)));
      if (hasBpftrace) theirs.push(await measure(() => startBpftrace(older(query))));
      if (stacks === true) inKey.push(measureFramesInKey());
    }
    const sum = (rows: readonly number[][]): number => median(rows.map((r) => r.reduce((a, b) => a + b, 0)));
    const [a, b] = [sum(ours), sum(theirs)];
    const compared = hasBpftrace
      ? `bpftrace ${b.toFixed(1)} ns, ratio ${(a / b).toFixed(2)} (goal 0.9)`
      : 'no bpftrace here';
    console.log(`${name}: ${a.toFixed(1)} ns a run (all programs of the query), ${compared}`);
    if (stacks !== true) continue;
    const c = sum(inKey);
    console.log(`  with the frames in the key: ${c.toFixed(1)} ns, ratio ${(a / c).toFixed(2)} (goal 0.6)`);
  }
}

await main();
