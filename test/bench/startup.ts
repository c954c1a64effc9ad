/**
 * How long `bpfscope run` takes from its start to everything attached, as executable and (when there is one) beside the
 * bpftrace of this host; and what it holds in memory then. Goal: at most 60 ms. `ROUNDS=20` sets how often.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ROUNDS = Number(process.env['ROUNDS'] ?? 15);

/** The line that tells drivers that everything is attached. */
const NOTIFY = '__BPFTRACE_NOTIFY_PROBES_ATTACHED';

const QUERIES: Readonly<Record<string, string>> = {
  'system calls by process': 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }',
  'system call histogram': 'tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); }',
  'read latency':
    'tracepoint:syscalls:sys_enter_read { @s[tid] = nsecs; } ' +
    'tracepoint:syscalls:sys_exit_read /@s[tid]/ { @us = hist((nsecs - @s[tid]) / 1000); delete(@s[tid]); }',
};

interface Start {
  readonly ms: number;
  /** User and system time until then. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

function start(command: string, words: readonly string[]): Promise<Start | null> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, words, {
      env: { ...process.env, [NOTIFY]: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    let result: Start | null = null;
    child.once('error', reject);
    child.once('close', () => resolve(result));
    child.stdout.on('data', (data) => {
      output += data;
      if (result !== null || !output.includes(NOTIFY) || child.pid === undefined) return;
      result = { ms: performance.now() - began, ...usage(child.pid) };
      child.kill('SIGKILL');
    });
  });
}

/** sysconf(_SC_CLK_TCK) is 100 on all Linux that we run on. */
function usage(pid: number): Pick<Start, 'cpuMs' | 'residentMb'> {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, residentMb: Number(resident) / 1024 };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

async function measure(name: string, command: string, words: readonly string[]): Promise<number> {
  const starts: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await start(command, words);
    if (one !== null) starts.push(one);
  }
  if (starts.length === 0) {
    console.log(`  ${name}: does not start`);
    return NaN;
  }
  const ms = median(starts.map((one) => one.ms));
  const cpu = median(starts.map((one) => one.cpuMs));
  const resident = median(starts.map((one) => one.residentMb));
  const least = Math.min(...starts.map((one) => one.ms));
  console.log(
    `  ${name}: ${ms.toFixed(0)} ms (least ${least.toFixed(0)}), ${cpu.toFixed(0)} ms of CPU, ${resident.toFixed(0)} MB resident`,
  );
  return ms;
}

export async function main(): Promise<void> {
  const executable = join(root, 'build', 'bpfscope');
  if (!existsSync(executable)) throw new Error('no executable: node scripts/build-executable.mjs');
  console.log(`start to attached, median of ${ROUNDS} (goal 60 ms)`);
  for (const [title, query] of Object.entries(QUERIES)) {
    console.log(title);
    const ours = await measure('bpfscope', executable, ['run', '-q', '-e', query]);
    if (!existsSync('/usr/bin/bpftrace')) continue;
    // Older versions of bpftrace do not notify: a timer of 1 ms, attached last, does it for them.
    const notify = `interval:ms:1 { printf("${NOTIFY}\\n"); }`;
    const theirs = await measure('bpftrace', 'bpftrace', [
      '-q',
      '-e',
      `${query.replaceAll('args.', 'args->')} ${notify}`,
    ]);
    if (!Number.isNaN(theirs)) console.log(`  ratio ${(ours / theirs).toFixed(2)}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
