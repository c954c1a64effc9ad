/**
 * How long a warm agent takes from a new query accepted over HTTP to attached (and answered), and what bpftrace takes
 * for the same from the command line. Goal: p50 at most 10 ms, p99 at most 30 ms.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { startAgent } from '../http/agent.ts';

const ROUNDS = 300;
const WARM_UP = 30;

/** Queries that differ in text, so that none is running yet. */
const QUERIES: readonly ((round: number) => string)[] = [
  (round) => `tracepoint:raw_syscalls:sys_enter /pid != ${round}/ { @[comm] = count(); }`,
  (round) => `tracepoint:sched:sched_switch { @[args.next_comm] = hist(nsecs + ${round}); }`,
  (round) => `profile:hz:99 /pid != ${round}/ { @[comm, pid] = count(); }`,
];

const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? NaN;

export async function main(): Promise<void> {
  const agent = await startAgent({ alwaysOn: false, logLevel: 'error', maxRuns: 100_000 });
  const all: number[] = [];
  const engine: number[] = [];
  try {
    for (let round = 0; round < ROUNDS + WARM_UP; round++) {
      const query = QUERIES[round % QUERIES.length]?.(round + 1) ?? '';
      const now = Date.now();
      const began = performance.now();
      const { status, json, text } = await agent.call('query', { query, from: now - 1000, to: now });
      const took = performance.now() - began;
      if (status !== 200) throw new Error(text);
      const { run } = json as { run: { id: string; cost: { compileMs: number; loadMs: number; attachMs: number } } };
      await agent.call(`runs/${run.id}`, undefined, 'DELETE');
      if (round < WARM_UP) continue;
      all.push(took);
      engine.push(run.cost.compileMs + run.cost.loadMs + run.cost.attachMs);
    }
  } finally {
    await agent.close();
  }
  all.sort((a, b) => a - b);
  engine.sort((a, b) => a - b);
  const p50 = percentile(all, 50);
  const p99 = percentile(all, 99);
  console.log(
    `new query over HTTP, accepted to answered (${ROUNDS}): p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (goal 10, 30)`,
  );
  console.log(
    `  of that compile + load + attach: p50 ${percentile(engine, 50).toFixed(1)} ms, p99 ${percentile(engine, 99).toFixed(1)} ms`,
  );
  if (!existsSync('/usr/bin/bpftrace')) return;
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const began = performance.now();
    spawnSync('bpftrace', ['-e', `${QUERIES[0]?.(round + 1) ?? ''} interval:ms:1 { exit(); }`], { stdio: 'ignore' });
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const theirs = percentile(times, 50);
  console.log(
    `bpftrace, start to end of the first query for 1 ms: p50 ${theirs.toFixed(0)} ms; ratio ${(theirs / p50).toFixed(0)}x`,
  );
}

await main();
