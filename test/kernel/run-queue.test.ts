/** The shipped run-queue metrics: who waits, and who only seems to. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from './cli.ts';

const root = process.getuid?.() === 0;
const file = fileURLToPath(new URL('../../agent/src/catalog/metrics/runq.latency.yaml', import.meta.url));
const { variants } = parse(readFileSync(file, 'utf8')) as { readonly variants: readonly { readonly query: string }[] };
const SECOND = 1_000_000_000n;

/** Of a thread; '' when it is gone. */
function state(tid: string): string {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${tid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

describe.skipIf(!root)('run queue latency (needs root)', () => {
  // Switches are missed: perf's tracepoints skip programs while another runs, and hosts hide processes of their own.
  it.each(variants.map(({ query }, index) => [index, query] as const))(
    'does not note a thread that sleeps as one that waits, variant %i',
    async (_index, query) => {
      const seen = 'tracepoint:sched:sched_switch { @seen[args.prev_pid] = 1; }';
      const text = `${query}\n${seen}\ninterval:s:4 { printf("now %lu\\n", nsecs); exit(); }`;
      const { stdout, code } = await runCli(['-f', 'json', '-e', text], { env: { BPFTRACE_MAX_MAP_KEYS: '65536' } });
      expect(code).toBe(0);
      const rows = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { type: string; data: unknown });
      const now = BigInt(/now (\d+)/.exec(JSON.stringify(rows))?.[1] ?? 0);
      expect(now).toBeGreaterThan(0n);
      const maps = Object.assign({}, ...rows.filter(({ type }) => type === 'map').map(({ data }) => data)) as {
        '@queued'?: Record<string, number>;
        '@seen'?: Record<string, number>;
      };
      const asleep = Object.entries(maps['@queued'] ?? {}).filter(
        // A thread that is hidden whenever it runs cannot be told from one that waits.
        ([tid, since]) => now - BigInt(since) > SECOND && state(tid) === 'S' && maps['@seen']?.[tid] !== undefined,
      );
      expect(asleep).toEqual([]);
    },
    30_000,
  );
});
