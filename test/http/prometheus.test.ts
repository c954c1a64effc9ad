/** A real Prometheus scrapes a real agent, and the shipped rules evaluate on what it got. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent, type TestAgent } from './agent.ts';

const RULES = fileURLToPath(new URL('../../provisioning/prometheus/', import.meta.url));
const PROMETHEUS = '/usr/bin/prometheus';
const missing = existsSync(PROMETHEUS)
  ? process.getuid?.() === 0
    ? null
    : 'needs root'
  : 'Prometheus is not installed';

describe.skipIf(missing !== null)(`Prometheus${missing === null ? '' : `: ${missing}`}`, () => {
  let agent: TestAgent;
  let prometheus: ChildProcess;
  let folder: string;
  let base: string;

  const get = async (path: string): Promise<{ data: Record<string, never> }> => (await fetch(`${base}${path}`)).json();
  const query = async (expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> =>
    (await get(`/api/v1/query?query=${encodeURIComponent(expression)}`)).data['result'] ?? [];

  beforeAll(async () => {
    agent = await startAgent();
    folder = mkdtempSync(join(tmpdir(), 'bpfscope-prometheus-'));
    const port = await freePort();
    base = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'token'), agent.token, { mode: 0o600 });
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${RULES}rules.yml']
scrape_configs:
  - job_name: bpfscope
    authorization: { credentials_file: '${folder}/token' }
    static_configs: [{ targets: ['${new URL(agent.url).host}'] }]
`,
    );
    prometheus = spawn(
      PROMETHEUS,
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      { stdio: 'ignore' },
    );
    await until(async () => (await query('count_over_time(up[1m]) >= 5')).length > 0);
  });

  afterAll(async () => {
    prometheus?.kill('SIGKILL');
    await agent?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the page without a complaint', async () => {
    expect((await query('up{job="bpfscope"}'))[0]?.value[1]).toBe('1');
    const page = await (
      await fetch(`${agent.url}/metrics`, { headers: { authorization: `Bearer ${agent.token}` } })
    ).text();
    const lint = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
    expect(
      lint.stderr
        .trim()
        .split('\n')
        .filter((line) => line !== '' && !/no help text|non-histogram/.test(line)),
    ).toEqual([]);
    expect(lint.status).not.toBe(1);
  });

  it('has a classic histogram in seconds: cumulative, with the bounds of ebpf_exporter, sum and count in step', async () => {
    const buckets = await query('bpfscope_run_queue_latency_seconds_bucket');
    expect(buckets).toHaveLength(28);
    const byBound = buckets
      .map(({ metric, value }) => ({ le: Number(metric['le']?.replace('+Inf', 'Infinity')), count: Number(value[1]) }))
      .sort((a, b) => a.le - b.le);
    for (const [index, { count }] of byBound.entries())
      expect(count).toBeGreaterThanOrEqual(byBound[index - 1]?.count ?? 0);
    expect(buckets.map(({ metric }) => metric['le'])).toEqual(
      expect.arrayContaining(['1e-06', '6.4e-05', '0.000128', '67.108864', '+Inf']),
    );
    const count = Number((await query('bpfscope_run_queue_latency_seconds_count'))[0]?.value[1]);
    expect(count).toBeGreaterThan(0);
    const mean = Number(
      (await query('bpfscope_run_queue_latency_seconds_sum / bpfscope_run_queue_latency_seconds_count'))[0]?.value[1],
    );
    expect(mean).toBeGreaterThan(0);
    expect(mean).toBeLessThan(10);
  });

  it('agrees with the kernel on context switches', async () => {
    const rate = Number((await query('rate(bpfscope_context_switches_total[10s])'))[0]?.value[1]);
    expect(rate).toBeGreaterThan(10);
  });

  it('evaluates the shipped rules: p99 of a live histogram, no alert on a calm host', async () => {
    await until(async () => (await query('instance:bpfscope_run_queue_latency_seconds:p99 >= 0')).length > 0);
    const groups = (await get('/api/v1/rules')).data['groups'] as unknown as {
      rules: { name: string; health: string; lastError?: string }[];
    }[];
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ name }) => name)).toContain('RunQueueLatencyHigh');
    for (const rule of rules) expect(rule).toMatchObject({ health: 'ok' });
  });

  it("passes the rules' own tests, in which the alert fires", () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', `${RULES}rules.test.yml`], {
      cwd: RULES,
      encoding: 'utf8',
    });
    expect(stderr + stdout).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Asks until the answer is yes; the other process has no event to wait for. */
async function until(check: () => Promise<boolean>, seconds = 40): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await check().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${check.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
