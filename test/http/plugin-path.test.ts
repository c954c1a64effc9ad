/** The whole path without a stand-in: kernel, agent, plugin executable, frames. Needs root and BPF, as the agent does. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PluginHost, pluginContext, type HostResponse } from 'bpfscope-datasource/host';
import type { Frame } from 'bpfscope-datasource/shared';
import { startAgent, type TestAgent } from './agent.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const arch = process.arch === 'x64' ? 'amd64' : process.arch;
const executable = join(root, 'plugin', 'dist', `gpx_bpfscope_${process.platform}_${arch}`);
const isRoot = process.getuid?.() === 0;
interface Dashboard {
  panels: { targets: object[] }[];
}
interface Rules {
  groups: { rules: { data: { model: object }[] }[] }[];
}

/** The issue's own number: one write a byte. */
const WRITES = 512_000;

const sum = (values: readonly unknown[]): number =>
  values.reduce<number>((total, value) => total + (typeof value === 'number' ? value : 0), 0);
const counted = (frames: readonly Frame[]): number =>
  sum(frames.flatMap(({ fields }) => fields.filter(({ type }) => type === 'number').flatMap(({ values }) => values)));

describe.skipIf(!isRoot)(`kernel to frame${isRoot ? '' : ' (skipped: needs root)'}`, () => {
  let agent: TestAgent;
  let host: PluginHost;
  let folder: string;
  const began = Date.now();

  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'plugin', 'backend', 'build.mjs')], { stdio: 'inherit' });
    folder = mkdtempSync(join(tmpdir(), 'bpfscope-path-'));
    agent = await startAgent();
    host = await PluginHost.start({ executable });
  }, 60_000);

  afterAll(async () => {
    await host?.stop();
    await agent?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const context = () =>
    pluginContext(
      { uid: 'real', name: 'real', url: agent.url, secureJsonData: { token: agent.token } },
      { role: 'Admin' },
    );

  async function ask(model: object, headers: Record<string, string> = {}): Promise<HostResponse> {
    const responses = await host.queryData(context(), {
      from: began - 5000,
      to: Date.now(),
      headers,
      queries: [{ refId: 'A', mode: 'code', intervalMs: 1000, ...model }],
    });
    const response = responses['A'];
    if (!response) throw new Error('no response for A');
    return response;
  }

  /** Asks until the answer holds as much as it must; the caller then compares exactly. */
  async function until(model: object, enough: (response: HostResponse) => boolean): Promise<HostResponse> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const response = await ask(model);
      if (response.error !== undefined) throw new Error(response.error);
      if (enough(response) || Date.now() > deadline) return response;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  test('CheckHealth names this host', async () => {
    const { status, message } = await host.checkHealth(context());
    expect(message).toContain(hostname());
    expect(status).toBe(1);
  });

  test('every write of dd is in the frames, not one more or less', async () => {
    // A program name of its own: other tests may run dd at the same time.
    const program = join(folder, `dd${process.pid}`);
    copyFileSync('/bin/dd', program);
    const filter = `/comm == "dd${process.pid}" && args.fd == 1/`;
    const writes = {
      query: `tracepoint:syscalls:sys_enter_write ${filter} { @writes = count(); @sizes[comm] = hist(args.count); }`,
    };
    const series = { ...writes, output: '@writes', counters: 'increase' };
    const heatmap = { ...writes, output: '@sizes', format: 'heatmap' };
    expect((await ask(series)).error).toBeUndefined(); // attached from here on

    execFileSync(program, ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${WRITES}`, 'status=none']);

    const shown = await until(series, ({ frames }) => counted(frames) >= WRITES);
    expect(counted(shown.frames)).toBe(WRITES);
    const cells = await ask(heatmap);
    expect(counted(cells.frames)).toBe(WRITES);
    // All of them in the row of size 1.
    const rows = cells.frames[0]?.fields.slice(1) ?? [];
    expect(rows.filter(({ values }) => sum(values) > 0).map(({ config }) => config?.displayNameFromDS)).toEqual(['1']);
    const table = await ask({ ...writes, output: '@writes', format: 'table' });
    expect(table.frames[0]?.fields.at(-1)?.values).toEqual([WRITES]);
    const alert = await ask({ ...writes, output: '@writes', reducer: 'sum' }, { FromAlert: 'true' });
    expect(alert.frames[0]?.meta?.type).toBe('numeric-multi');
    expect(alert.frames[0]?.fields[0]?.values).toEqual([WRITES]);
  });

  test('the shipped metric of the alert rule gives a heatmap and one number', async () => {
    const model = { mode: 'metric', metric: 'runq.latency' };
    const shown = await until(model, ({ frames }) => counted(frames) > 0);
    expect(shown.frames[0]?.meta?.type).toBe('heatmap-rows');
    expect(counted(shown.frames)).toBeGreaterThan(0);
    const { frames } = await ask({ ...model, reducer: 'quantile', quantile: 0.99 }, { FromAlert: 'true' });
    expect(frames).toHaveLength(1);
    expect(frames[0]?.fields[0]?.values[0]).toBeGreaterThan(0);
  });

  test('counters read from /proc are metrics like others', async () => {
    const shown = await until({ mode: 'metric', metric: 'cpu.context-switches' }, ({ frames }) => counted(frames) > 0);
    expect(shown.frames[0]?.meta?.type).toBe('timeseries-multi');
    expect(shown.frames[0]?.fields[1]?.config?.displayNameFromDS).toBe('cpu.context-switches');
  });

  test('every query of every shipped dashboard and alert rule answers on this kernel', async () => {
    const models: object[] = [];
    for (const file of readdirSync(join(root, 'dashboards'))) {
      const { panels } = JSON.parse(readFileSync(join(root, 'dashboards', file), 'utf8')) as Dashboard;
      models.push(...panels.flatMap(({ targets }) => targets));
    }
    const rules = parse(readFileSync(join(root, 'provisioning', 'alerting', 'run-queue.yaml'), 'utf8')) as Rules;
    const [rule = {}] = rules.groups[0]?.rules[0]?.data.map(({ model }) => model) ?? [];
    expect(models.length).toBeGreaterThan(5);
    const hasData = ({ frames }: HostResponse): boolean =>
      frames.some(({ fields }) => fields.some(({ values }) => values.length > 0));
    for (const model of models) {
      const shown = await until(model, hasData);
      expect(shown.error).toBeUndefined();
      expect(hasData(shown)).toBe(true);
    }
    const alerted = await ask(rule, { FromAlert: 'true' });
    expect(alerted.frames.map(({ meta }) => meta?.type)).toEqual(['numeric-multi']);
    expect(alerted.frames[0]?.fields[0]?.values).toEqual([expect.any(Number)]);
  });

  test.each([
    ['a syntax error', 'tracepoint:sched:sched_switch { @ = count( }', /1:\d+: /],
    ['an unknown probe', 'tracepoint:sched:sched_swich { @ = count(); }', /sched_swich/],
    ['an unknown field', 'tracepoint:sched:sched_switch { @[args.nope] = count(); }', /nope/],
    ['a type error', 'BEGIN { @ = "a" - 1; }', /1:\d+: /],
    ['a probe type that this kernel does not have', 'hardware:cycles:1000000 { @ = count(); }', /hardware|cycles/],
    ['a loop without an end', 'BEGIN { while (1) { @ = count(); } }', /1:\d+: /],
    ['a shell command', 'BEGIN { system("true"); }', /system/],
    ['an unknown metric', '', /no such metric|no metric/],
  ])('%s is one clear message', async (name, query, text) => {
    const model = name === 'an unknown metric' ? { mode: 'metric', metric: 'runq.nope' } : { query };
    const { error, status, frames } = await ask(model);
    expect(error).toMatch(text);
    expect(error).not.toMatch(/\n\s+at /);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(frames).toEqual([]);
    expect((await ask({ mode: 'metric', metric: 'runq.length' })).error).toBeUndefined();
  });

  test('more keys than the map holds: a warning with their number, and the data that fits', async () => {
    const program = join(folder, `keys${process.pid}`);
    copyFileSync('/bin/dd', program);
    // Every write is a key of its own: its time.
    const filter = `/comm == "keys${process.pid}" && args.fd == 1/`;
    const query = `tracepoint:syscalls:sys_enter_write ${filter} { @[nsecs] = count(); }`;
    expect((await ask({ query, format: 'table' })).error).toBeUndefined();
    execFileSync(program, ['if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=10000', 'status=none']);
    const lossy = ({ frames }: HostResponse): boolean =>
      frames[0]?.meta?.notices?.some(({ severity }) => severity === 'warning') ?? false;
    const shown = await until({ query, format: 'table', limit: 1000 }, lossy);
    const notices = shown.frames[0]?.meta?.notices?.map(({ text }) => text).join('\n');
    expect(notices).toMatch(/^5,904 map updates were refused: the map was full/m);
    expect(shown.frames[0]?.fields[0]?.values.length).toBeGreaterThan(0);
    expect((await ask({ mode: 'metric', metric: 'runq.length' })).error).toBeUndefined();
  });

  test('a megabyte of query is refused, and other queries go on', async () => {
    const [large, small] = await Promise.all([
      ask({ query: `// ${'x'.repeat(1 << 20)}` }),
      ask({ mode: 'metric', metric: 'runq.length' }),
    ]);
    expect(large.status).toBe(413);
    expect(large.error).toMatch(/larger/);
    expect(small.error).toBeUndefined();
  });

  test('the editor’s calls: catalog, probes, check', async () => {
    const call = async (method: string, url: string, body = '') => {
      const [path = ''] = url.split('?');
      const request = { pluginContext: context(), path, method, url, headers: {}, body: Buffer.from(body) };
      const { code, body: bytes } = await host.callResource(request);
      return { code, body: JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown> };
    };
    expect(await call('GET', 'catalog')).toMatchObject({ code: 200 });
    const probes = await call('GET', 'probes?search=tracepoint:sched:sched_sw*&limit=5');
    expect(JSON.stringify(probes.body)).toContain('tracepoint:sched:sched_switch');
    const types = await call('GET', 'types?search=struct+task_struct&limit=1');
    expect(JSON.stringify(types.body)).toContain('struct mm_struct *');
    const check = await call(
      'POST',
      'check',
      JSON.stringify({ query: 'tracepoint:sched:sched_swich { @ = count(); }' }),
    );
    expect(check).toMatchObject({ code: 200, body: { ok: false } });
  });
});
