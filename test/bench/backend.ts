/**
 * The plugin's backend without Grafana: time from exec to serving, QueryData round trips with a heatmap of 300 steps by
 * 30 buckets, and resident memory. The agent is a stand-in that answers from memory, so the figures are the backend's own.
 */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer } from '@bpfscope/agent/protocol';
import { PluginHost, pluginContext } from 'bpfscope-datasource/host';

const ROUNDS = 500;
const STEPS = 300;
const BUCKETS = 30;

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const arch = process.arch === 'x64' ? 'amd64' : process.arch;
const executable = join(root, 'plugin', 'dist', `gpx_bpfscope_${process.platform}_${arch}`);

const answer: Answer = {
  run: {
    id: 'bench',
    hash: '0',
    query: 'bench',
    metric: 'bench',
    state: 'running',
    startedAt: 0,
    leaseUntil: null,
    probes: [],
    programs: 1,
    cost: { runs: null, nanoseconds: null, compileMs: 0, loadMs: 0, attachMs: 0 },
  },
  step: 1000,
  lost: { events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 },
  notices: [],
  outputs: [
    {
      kind: 'histogram',
      name: '@',
      unit: 'ns',
      keys: [],
      times: Array.from({ length: STEPS }, (_, step) => step * 1000),
      buckets: Array.from({ length: BUCKETS }, (_, power) => ({ lower: 2 ** power, upper: 2 ** (power + 1) })),
      series: [
        {
          key: [],
          counts: Array.from({ length: BUCKETS }, (_, row) => Array.from({ length: STEPS }, (_, step) => row * step)),
        },
      ],
    },
  ],
};

const quantile = (sorted: readonly number[], q: number): string =>
  `${(sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN).toFixed(2)} ms`;

export async function main(): Promise<void> {
  const body = JSON.stringify(answer);
  const agent = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(body));
  });
  await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
  const { port } = agent.address() as { port: number };
  const started = performance.now();
  const host = await PluginHost.start({ executable });
  console.log(`exec to serving                    ${(performance.now() - started).toFixed(0)} ms`);
  const context = pluginContext({ uid: 'bench', name: 'bench', url: `http://127.0.0.1:${port}` }, { role: 'Admin' });
  const request = { from: 0, to: STEPS * 1000, queries: [{ refId: 'A', mode: 'metric', metric: 'bench' }] };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await host.queryData(context, request);
    times.push(performance.now() - began);
  }
  const sorted = times.slice(ROUNDS / 10).sort((a, b) => a - b);
  console.log(
    `QueryData, heatmap of ${STEPS} x ${BUCKETS}      p50 ${quantile(sorted, 0.5)}, p99 ${quantile(sorted, 0.99)} (agent, Arrow and decoding included)`,
  );
  const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${host.pid}/status`, 'utf8'))?.[1] ?? '0';
  console.log(`resident memory after ${ROUNDS} queries   ${(Number(resident) / 1024).toFixed(0)} MB`);
  await host.stop();
  agent.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
