/**
 * The executable under the libraries that Grafana's server itself uses: go-plugin starts it, the plugin SDK reads its
 * frames, dataplane (alerting's reader) takes the series and numbers. Skipped, with the reason, where there is no Go.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startAgent, type TestAgent } from './agent.ts';
import { startFakeAgent, TIMES, TOKEN, type FakeAgent } from './fake-agent.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = join(root, 'test', 'go-host');
const goHost = join(folder, 'build', 'go-host');
const arch = process.arch === 'x64' ? 'amd64' : process.arch;
const executable = join(root, 'plugin', 'dist', `gpx_bpfscope_${process.platform}_${arch}`);

interface Dashboard {
  panels: { id: number; targets: object[] }[];
}
interface GoFrame {
  name: string;
  type: string;
  version: string;
  notices?: string[];
  stats?: { displayName: string; value: number; unit?: string }[];
  custom?: Record<string, unknown>;
  executed?: string;
  fields: {
    name: string;
    type: string;
    labels?: Record<string, string>;
    unit?: string;
    custom?: object;
    values: unknown[];
  }[];
}
interface Result {
  health: { status: string; message: string; details: { verboseMessage: string } };
  metrics: string;
  resource: { code: number; body: { metrics: unknown[] } };
  responses: Record<string, { error?: string; status: number; source?: string; frames: GoFrame[]; dataplane: string }>;
  logs: Record<string, unknown>[] | null;
  different: string[] | null;
  exited: boolean;
  startMs: number;
}

/** null: it is there and built. The first build compiles the SDK: minutes on a small machine. */
function unavailable(): string | null {
  if (spawnSync('go', ['version']).status !== 0) return 'there is no Go here';
  const { status, stderr } = spawnSync('go', ['build', '-o', goHost, '.'], { cwd: folder, encoding: 'utf8' });
  if (status === 0) return null;
  if (/dial tcp|no such host|403|timeout|toolchain/i.test(stderr)) return 'the Go modules cannot be downloaded';
  throw new Error(`go build failed:\n${stderr}`);
}

const reason = unavailable();

function run(request: object): Promise<Result> {
  const child = spawn(goHost, [executable], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(request));
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as Result);
      else reject(new Error(`go-host ended with ${code}: ${err}`));
    });
  });
}

describe.skipIf(reason !== null)(`Grafana's own libraries${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let agent: FakeAgent;
  let shown: Result;
  let alerted: Result;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'plugin', 'backend', 'build.mjs')], { stdio: 'inherit' });
    agent = await startFakeAgent();
    const code = (query: string, more: object = {}) => ({ mode: 'code', query, ...more });
    const request = {
      url: agent.url,
      token: TOKEN,
      from: TIMES[0],
      to: TIMES.at(-1),
      resource: 'catalog',
      queries: {
        heatmap: code('histogram'),
        series: code('counter'),
        quantiles: code('histogram', { format: 'timeseries' }),
        table: code('counter', { format: 'table' }),
        events: code('events'),
        nothing: code('nothing'),
        lossy: code('lossy'),
        wrong: code('{'),
      },
    };
    shown = await run(request);
    const queries = {
      p99: code('histogram'),
      above: code('histogram', { reducer: 'above', threshold: 65536 }),
      last: code('counter'),
      sum: code('counter', { reducer: 'sum' }),
      series: code('counter', { format: 'timeseries' }),
      events: code('events'),
    };
    alerted = await run({ ...request, headers: { FromAlert: 'true' }, queries });
  }, 60_000);

  afterAll(() => agent?.app.close());

  test('go-plugin starts it, shuts it down, and parses its log lines', () => {
    expect(shown.exited).toBe(true);
    const ours = shown.logs?.filter((line) => line['@module'] === 'bpfscope' || line['module'] === 'bpfscope') ?? [];
    expect(ours.map((line) => line['@message'])).toContain('query failed');
    expect(ours.every((line) => line['@level'] !== undefined)).toBe(true);
  });

  test('CheckHealth, CollectMetrics, CallResource', () => {
    expect(shown.health).toMatchObject({ status: 'OK', message: expect.stringContaining('is ready') as string });
    expect(shown.health.details.verboseMessage).toContain('Linux 6.18.0');
    expect(shown.metrics).toContain('# TYPE bpfscope_plugin_queries_total counter');
    expect(shown.resource).toMatchObject({ code: 200, body: { metrics: [{ name: 'runq.latency' }] } });
  });

  test('heatmap rows', () => {
    const [frame] = shown.responses['heatmap']?.frames ?? [];
    expect(frame).toMatchObject({ type: 'heatmap-rows', version: '0.1' });
    expect(frame?.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'Time []time.Time',
      '32768 []*float64',
      '65536 []*float64',
      '131072 []*float64',
    ]);
    expect(frame?.fields[0]?.values).toEqual(TIMES.map((ms) => ms * 1000));
    expect(frame?.fields[2]?.values).toEqual([20, 20, null, 40, 0]);
  });

  test('bounds, statistics, run and query text survive the server’s own types', () => {
    const [frame] = shown.responses['heatmap']?.frames ?? [];
    expect(frame?.fields[1]?.custom).toEqual({ lower: 16384, upper: 32768 });
    expect(frame?.custom).toMatchObject({ output: '@usecs', bucketUnit: 'ns', run: { id: 'r1' }, lost: { events: 0 } });
    expect(frame?.stats).toContainEqual({ displayName: 'Compile', value: 3, unit: 'ms' });
    expect(frame?.executed).toBe('kprobe:f { @ = hist(nsecs); }');
  });

  test('time series, which dataplane reads', () => {
    expect(shown.responses['series']?.dataplane).toBe('timeseries 2');
    expect(shown.responses['series']?.frames[0]?.fields[1]).toMatchObject({
      labels: { comm: 'bash' },
      unit: 'cps',
      values: [10, 20, null, 30, 0],
    });
    expect(shown.responses['quantiles']?.dataplane).toBe('timeseries 3');
  });

  test('tables keep types, order and 64-bit digits', () => {
    const [table] = shown.responses['table']?.frames ?? [];
    expect(table?.fields).toMatchObject([
      { name: 'comm', type: '[]*string', values: ['bash', '1024'] },
      { name: '@calls', type: '[]*float64', values: [60, 2] },
    ]);
    const [events] = shown.responses['events']?.frames ?? [];
    expect(events?.fields[0]?.values).toEqual([(TIMES[0] ?? 0) * 1000, (TIMES[1] ?? 0) * 1000 + 125]);
    expect(events?.fields[2]?.values).toEqual(['18446744073709551615', '7']);
  });

  test('JSON frames are read as the Arrow frames are', () => {
    expect(shown.different).toBeNull();
    expect(alerted.different).toBeNull();
  });

  test('notices of loss: the server reads them', () => {
    expect(shown.responses['lossy']?.frames[0]?.notices).toEqual([
      'Collection began a moment ago.',
      '1,234 map updates were refused: the map was full. What is shown misses them.',
    ]);
  });

  test('a frame without fields and an error are read too', () => {
    expect(shown.responses['nothing']?.frames).toMatchObject([{ fields: [] }]);
    expect(shown.responses['wrong']).toMatchObject({ status: 400, source: 'downstream' });
    expect(shown.responses['wrong']?.error).toContain('expected {');
  });

  test('alert rules: numbers that dataplane reads without a Reduce', () => {
    const numbers = (name: string) => alerted.responses[name]?.frames.map(({ fields }) => fields[0]?.values[0]);
    expect(alerted.responses['p99']?.dataplane).toBe('numeric 1');
    // 100 events, the 99th is the 9th of 10 in [65536, 131072).
    expect(numbers('p99')).toEqual([65536 + 65536 * 0.9]);
    expect(numbers('above')).toEqual([10]);
    expect(alerted.responses['last']?.dataplane).toBe('numeric 2');
    expect(numbers('last')).toEqual([0, 1]);
    expect(numbers('sum')).toEqual([60, 2]);
    expect(numbers('events')).toEqual([2]);
    expect(alerted.responses['series']?.dataplane).toBe('timeseries 2');
  });
});

const isRoot = process.getuid?.() === 0;
const without = reason ?? (isRoot ? null : 'needs root');

describe.skipIf(without !== null)(`what is shipped${without === null ? '' : ` (skipped: ${without})`}`, () => {
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await startAgent();
  }, 60_000);

  afterAll(() => agent?.close());

  const real = (queries: object, headers: object = {}): Promise<Result> => {
    const to = Date.now();
    return run({ url: agent.url, token: agent.token, from: to - 60_000, to, resource: 'health', headers, queries });
  };

  test('the alert rule gives one number of this kernel, to compare without a Reduce', async () => {
    const file = join(root, 'provisioning', 'alerting', 'run-queue.yaml');
    const rules = parse(readFileSync(file, 'utf8')) as { groups: { rules: { data: { model: object }[] }[] }[] };
    const model = rules.groups[0]?.rules[0]?.data[0]?.model ?? {};
    // The first steps of the always-on metric may still be under way: asked until there is a number.
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { responses } = await real({ A: model }, { FromAlert: 'true' });
      const value = responses['A']?.frames[0]?.fields[0]?.values[0];
      if (value === null && Date.now() < deadline) continue;
      expect(responses['A']).toMatchObject({ status: 200, dataplane: 'numeric 1' });
      expect(value).toBeGreaterThan(0);
      return;
    }
  });

  test('every panel of every dashboard, and one query of each kind, is read', async () => {
    const panels = readdirSync(join(root, 'dashboards')).flatMap((file) => {
      const dashboard = JSON.parse(readFileSync(join(root, 'dashboards', file), 'utf8')) as Dashboard;
      return dashboard.panels.map(({ id, targets }): [string, object] => [`${file} ${id}`, targets[0] ?? {}]);
    });
    const code = (query: string, more: object = {}): object => ({ mode: 'code', query, ...more });
    const all = {
      ...Object.fromEntries(panels),
      stacks: { mode: 'metric', metric: 'cpu.stacks.kernel' },
      events: code('interval:ms:100 { printf("%d %s\\n", pid, comm); }'),
      average: code('profile:hz:99 { @[cpu] = avg(pid); @low = min(pid); @all = stats(pid); }'),
      linear: code('profile:hz:99 { @ = lhist(pid, -100, 100000, 1000); }'),
      keyed: code('profile:hz:99 { @[comm, cpu] = hist(pid); }', { format: 'timeseries' }),
      joined: code('profile:hz:99 { @a[comm] = count(); @b[comm] = sum(pid); }', { format: 'table' }),
      lossy: code('tracepoint:raw_syscalls:sys_enter { @[nsecs] = count(); }', { format: 'table' }),
    };
    await real(all); // attached from here on
    const { responses } = await real(all);
    expect(Object.keys(responses).sort()).toEqual(Object.keys(all).sort());
    for (const [name, { status, error, frames }] of Object.entries(responses)) {
      expect([name, error, status]).toEqual([name, undefined, 200]);
      expect(frames.length).toBeGreaterThan(0);
    }
  });
});
