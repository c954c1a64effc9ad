/** Every call of the plugin protocol against the compiled executable, as Grafana makes it. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PluginHost, pluginContext, type Caller, type DataSource, type LogLine } from 'bpfscope-datasource/host';
import { HEALTH, startFakeAgent, TIMES, TOKEN, type FakeAgent } from './fake-agent.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const arch = process.arch === 'x64' ? 'amd64' : process.arch;
const executable = join(root, 'plugin', 'dist', `gpx_bpfscope_${process.platform}_${arch}`);
const RANGE = { from: TIMES[0] ?? 0, to: TIMES.at(-1) ?? 0 };
const EDITOR: Caller = { role: 'Editor' };

let agent: FakeAgent;
let host: PluginHost;
const logs: LogLine[] = [];

const source = (more: Partial<DataSource> = {}): DataSource => ({
  uid: JSON.stringify(more),
  name: 'bpfscope',
  url: agent.url,
  secureJsonData: { token: TOKEN },
  ...more,
});

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, 'plugin', 'backend', 'build.mjs')], { stdio: 'inherit' });
  agent = await startFakeAgent();
  host = await PluginHost.start({ executable, onLog: (line) => logs.push(line) });
});

afterAll(async () => {
  await host?.stop();
  await agent?.app.close();
});

const ask = async (model: object, caller: Caller | null = EDITOR, headers: Record<string, string> = {}) => {
  const responses = await host.queryData(pluginContext(source(), caller), {
    ...RANGE,
    headers,
    queries: [{ refId: 'A', mode: 'code', ...model }],
  });
  const response = responses['A'];
  if (!response) throw new Error('no response for A');
  return response;
};

describe('the process', () => {
  test('says what it is when a person starts it', () => {
    const env = { ...process.env };
    delete env['grafana_plugin_type'];
    expect(() => execFileSync(executable, { env, stdio: 'pipe' })).toThrow(/Grafana starts it/);
  });

  test('ends on Shutdown, with code 0, and removes its socket', async () => {
    const other = await PluginHost.start({ executable });
    const socket = other.target.replace(/^unix:/, '');
    expect(existsSync(socket)).toBe(true);
    expect(await other.stop()).toEqual({ code: 0, signal: null });
    expect(existsSync(socket)).toBe(false);
  });

  test('ignores SIGINT, which a terminal sends to the whole group', async () => {
    process.kill(host.pid, 'SIGINT');
    expect(await host.collectMetrics()).toContain('bpfscope_plugin_resident_memory_bytes');
  });

  test('ends when its parent is killed', async () => {
    // A shell in between is the host that dies; it tells the plugin's pid first.
    const shell = spawn('sh', ['-c', `"${executable}" & echo "pid $!"; wait`], {
      env: { ...process.env, grafana_plugin_type: 'datasource' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => {
      let text = '';
      shell.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /pid (\d+)/.exec(text);
        if (found && /\|grpc/.test(text)) resolve(Number(found[1]));
      });
    });
    // The pipe's other end is the plugin's stdout: it closes when the plugin is gone.
    const closed = new Promise((resolve) => shell.stdout.once('close', resolve));
    shell.kill('SIGKILL');
    await closed;
    expect(existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))).toBe(false);
  });
});

describe('CheckHealth', () => {
  const check = async (more: Partial<DataSource> = {}) => {
    const { status, message, jsonDetails } = await host.checkHealth(pluginContext(source(more), EDITOR));
    const details = JSON.parse(Buffer.from(jsonDetails).toString('utf8')) as { verboseMessage: string };
    return { status, message, ...details };
  };
  const healthy = async (health: unknown) => {
    agent.health = health;
    try {
      return await check();
    } finally {
      agent.health = HEALTH;
    }
  };

  test('ready', async () => {
    const answer = await check();
    expect(answer.status).toBe(1);
    expect(answer.message).toBe('bpfscope 0.1.0 on fake is ready: Linux 6.18.0, 1 metrics.');
    expect(answer.verboseMessage).toContain('Not on this kernel: fentry (no trampoline).');
  });

  test.each([
    ['nobody listens', { url: 'http://127.0.0.1:1' }, /No agent listens at http:\/\/127\.0\.0\.1:1/],
    ['no such name', { url: 'http://agent.invalid:9435' }, /host name agent\.invalid/],
    ['wrong token', { secureJsonData: { token: 'wrong' } }, /does not accept the token/],
    ['no token', { secureJsonData: {} }, /wants a token/],
    ['not a URL', { url: 'localhost:9435' }, /begin with http/],
    ['TLS where there is none', { url: 'https' }, /TLS/],
  ])('%s', async (_name, more, text) => {
    const url = more as { url?: string };
    const answer = await check(url.url === 'https' ? { url: agent.url.replace('http:', 'https:') } : more);
    expect(answer.status).toBe(2);
    expect(answer.message).toMatch(text);
    expect(answer.verboseMessage).not.toBe('');
  });

  test('another program at the address', async () => {
    expect((await healthy({ hello: 'world' })).message).toMatch(/not as a bpfscope agent/);
    expect((await healthy('<html>')).message).toMatch(/not as a bpfscope agent/);
  });

  test('versions that do not fit', async () => {
    expect((await healthy({ ...HEALTH, api: 0 })).message).toMatch(/agent is too old/);
    expect((await healthy({ ...HEALTH, api: 2 })).message).toMatch(/plugin is too old/);
  });

  test('a kernel that cannot', async () => {
    const answer = await healthy({ ...HEALTH, status: 'degraded', problems: ['the kernel has no BTF'] });
    expect(answer).toMatchObject({ status: 2, message: 'fake cannot run queries: the kernel has no BTF' });
  });

  test('a server that accepts and never answers', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const answer = await check({ url: `http://127.0.0.1:${port}`, jsonData: { timeoutMs: 100 } });
    expect(answer.message).toMatch(/no answer within 0\.1 s/);
    silent.close();
  });
});

describe('QueryData', () => {
  test('heatmap rows: ascending, exact, gaps are null', async () => {
    const { frames, status } = await ask({ query: 'histogram' });
    expect(status).toBe(200);
    const [frame] = frames;
    expect(frame?.meta).toMatchObject({ type: 'heatmap-rows', typeVersion: [0, 1] });
    expect(frame?.fields.map(({ name }) => name)).toEqual(['Time', '32768', '65536', '131072']);
    expect(frame?.fields.map(({ config }) => config?.displayNameFromDS)).toEqual([
      undefined,
      '16.4–32.8 µs',
      '32.8–65.5 µs',
      '65.5–131 µs',
    ]);
    expect(frame?.fields[0]?.values).toEqual(TIMES);
    expect(frame?.fields[2]?.values).toEqual([20, 20, null, 40, 0]);
  });

  test('time series: one frame a series, labels, rate per second', async () => {
    const { frames } = await ask({ query: 'counter' });
    expect(frames).toHaveLength(2);
    expect(frames[0]?.meta).toMatchObject({ type: 'timeseries-multi', typeVersion: [0, 1] });
    expect(frames[0]?.fields[1]).toMatchObject({ labels: { comm: 'bash' }, values: [10, 20, null, 30, 0] });
    expect(frames[0]?.fields[1]?.config?.unit).toBe('cps');
  });

  test('table keeps every digit of a 64-bit number', async () => {
    const { frames } = await ask({ query: 'events' });
    expect(frames[0]?.fields.map(({ name, type }) => [name, type])).toEqual([
      ['Time', 'time'],
      ['pid', 'number'],
      ['cookie', 'string'],
      ['comm', 'string'],
    ]);
    expect(frames[0]?.fields[2]?.values).toEqual(['18446744073709551615', '7']);
    expect(frames[0]?.fields[3]?.values).toEqual(['init', 'ünï']);
  });

  test('an alert rule gets one number a series', async () => {
    const { frames } = await ask({ query: 'histogram', quantile: 0.5 }, { role: 'Admin' }, { FromAlert: 'true' });
    expect(frames).toHaveLength(1);
    expect(frames[0]?.meta?.type).toBe('numeric-multi');
    // 100 events, the 50th is the 40th of 80 in [32768, 65536).
    expect(frames[0]?.fields).toMatchObject([{ name: '@usecs', type: 'number', values: [49152] }]);
    expect(agent.asked.at(-1)).toMatchObject({ lease: 1800 });
  });

  test('what was lost is said', async () => {
    const { frames } = await ask({ query: 'lossy' });
    expect(frames[0]?.meta?.notices?.map(({ text }) => text)).toEqual([
      'Collection began a moment ago.',
      '1,234 map updates were refused: the map was full. What is shown misses them.',
    ]);
    expect(frames[1]?.meta?.notices).toBeUndefined();
  });

  test('queries side by side: one that fails harms no other', async () => {
    const model = (refId: string, query: string) => ({ refId, query, mode: 'code' });
    const responses = await host.queryData(pluginContext(source(), EDITOR), {
      ...RANGE,
      queries: [
        model('A', 'histogram'),
        model('B', 'no such'),
        model('C', 'counter'),
        model('D', 'crash'),
        model('E', ''),
      ],
    });
    expect(Object.keys(responses).sort()).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(responses['A']?.frames).toHaveLength(1);
    expect(responses['B']).toMatchObject({
      status: 400,
      error: 'The query cannot be run.\n1:5: expected {.',
      errorSource: 'downstream',
    });
    expect(responses['C']?.frames).toHaveLength(2);
    expect(responses['D']).toMatchObject({ status: 502, error: 'the agent broke.' });
    expect(responses['E']).toMatchObject({ status: 200, frames: [] });
  });

  test('an agent that is down, or slower than the timeout, is an error of that query', async () => {
    const query = { refId: 'A', mode: 'code', query: 'slow' };
    const at = (more: Partial<DataSource>) =>
      host.queryData(pluginContext(source(more), EDITOR), { ...RANGE, queries: [query] });
    expect((await at({ url: 'http://127.0.0.1:1' }))['A']).toMatchObject({
      status: 502,
      error: expect.stringMatching(/No agent listens/) as string,
      errorSource: 'downstream',
    });
    expect((await at({ jsonData: { timeoutMs: 200 } }))['A']).toMatchObject({ status: 504 });
  });

  test('a format that the output does not fit names what is needed', async () => {
    expect((await ask({ query: 'counter', format: 'heatmap' })).error).toMatch(/a heatmap needs a histogram/);
    expect((await ask({ query: 'counter', output: '@nope' })).error).toMatch(/no output @nope. It has: @calls/);
  });

  test('a megabyte of query is one clear refusal', async () => {
    const { status, error } = await ask({ query: 'x'.repeat(1 << 20) });
    expect(status).toBe(413);
    expect(error).toMatch(/large/);
  });

  test('a viewer runs metrics, not queries; the setting opens it', async () => {
    const viewer: Caller = { role: 'Viewer' };
    expect(await ask({ query: 'histogram' }, viewer)).toMatchObject({ status: 403, frames: [] });
    expect(await ask({ query: 'histogram' }, null)).toMatchObject({ status: 403 });
    expect((await ask({ mode: 'metric', metric: 'runq.latency' }, viewer)).frames).toHaveLength(1);
    const open = source({ jsonData: { customQueryRole: 'Viewer' } });
    const query = { refId: 'A', mode: 'code', query: 'histogram' };
    const responses = await host.queryData(pluginContext(open, viewer), { ...RANGE, queries: [query] });
    expect(responses['A']?.frames).toHaveLength(1);
  });

  test('settings that changed are used at once', async () => {
    const query = { refId: 'A', mode: 'code', query: 'counter' };
    const at = async (more: Partial<DataSource>) =>
      (
        await host.queryData(pluginContext(source({ uid: 'changing', ...more }), EDITOR), {
          ...RANGE,
          queries: [query],
        })
      )['A'];
    expect((await at({ updatedMs: 1, url: 'http://127.0.0.1:1' }))?.status).toBe(502);
    expect((await at({ updatedMs: 2 }))?.status).toBe(200);
  });

  test('JSON frames for hosts that ask for them', async () => {
    const { responses } = await host.queryDataRaw({
      pluginContext: pluginContext(source(), EDITOR),
      headers: {},
      format: 1,
      queries: [
        {
          refId: 'A',
          maxDataPoints: 100,
          intervalMS: 1000,
          queryType: '',
          timeRange: { fromEpochMS: RANGE.from, toEpochMS: RANGE.to },
          json: Buffer.from('{"mode":"code","query":"counter"}'),
        },
      ],
    });
    const [bytes] = responses['A']?.frames ?? [];
    const frame = JSON.parse(Buffer.from(bytes ?? []).toString()) as { data: { values: unknown[][] } };
    expect(frame.data.values).toEqual([TIMES, [10, 20, null, 30, 0]]);
  });
});

describe('CallResource', () => {
  const call = async (method: string, path: string, caller: Caller, body = '') => {
    const [name = ''] = path.split('?');
    const answer = await host.callResource({
      pluginContext: pluginContext(source(), caller),
      path: name,
      method,
      url: path,
      headers: {},
      body: Buffer.from(body),
    });
    return { code: answer.code, body: JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown> };
  };

  test('catalog, health, probes, check', async () => {
    expect((await call('GET', 'catalog', { role: 'Viewer' })).body).toHaveProperty('metrics');
    expect((await call('GET', 'health', { role: 'Viewer' })).body).toMatchObject({ version: '0.1.0' });
    const probes = await call('GET', 'probes?search=sched_*&secret=1', EDITOR);
    expect(probes.body['asked']).toEqual({ search: 'sched_*' });
    expect((await call('POST', 'check', EDITOR, '{"query":"x"}')).body).toMatchObject({ ok: true });
  });

  test('only what is listed, only with the right method and role', async () => {
    expect((await call('GET', 'tokens', { role: 'Admin' })).code).toBe(404);
    expect((await call('GET', '../../metrics', { role: 'Admin' })).code).toBe(404);
    expect((await call('GET', 'constructor', { role: 'Admin' })).code).toBe(404);
    expect((await call('POST', 'catalog', { role: 'Admin' })).code).toBe(405);
    expect((await call('GET', 'probes', { role: 'Viewer' })).code).toBe(403);
    expect((await call('DELETE', 'runs/r1', { role: 'Viewer' })).code).toBe(403);
    expect((await call('DELETE', 'runs/../tokens', { role: 'Admin' })).code).toBe(404);
    expect((await call('DELETE', 'runs/r1', EDITOR)).body).toMatchObject({ error: { code: 'run-unknown' } });
  });
});

describe('input that no Grafana sends', () => {
  const jsonOrNot = fc.oneof(fc.json(), fc.string()).map((text) => Buffer.from(text));
  const query = fc.record({
    refId: fc.oneof(fc.constantFrom('A', '__proto__', ''), fc.string()),
    maxDataPoints: fc.integer(),
    intervalMS: fc.integer(),
    queryType: fc.string(),
    timeRange: fc.option(fc.record({ fromEpochMS: fc.integer(), toEpochMS: fc.integer() })),
    json: fc.oneof(
      jsonOrNot,
      fc.constantFrom('{"mode":"code","query":"several"}', '{"metric":"x"}').map((text) => Buffer.from(text)),
    ),
  });

  test('has an answer for every query, and the process lives', async () => {
    const property = fc.asyncProperty(fc.array(query, { maxLength: 5 }), jsonOrNot, async (queries, jsonData) => {
      const context = pluginContext(source(), { role: 'Admin' });
      if (context.dataSourceInstanceSettings)
        Object.assign(context.dataSourceInstanceSettings, { jsonData, uid: 'fuzz' });
      const { responses } = await host.queryDataRaw({ pluginContext: context, headers: {}, format: 0, queries });
      const ids = queries.map(({ refId }) => refId).filter((refId) => refId !== '__proto__');
      for (const refId of ids) expect([200, 400, 403, 413]).toContain(responses[refId]?.status);
    });
    await fc.assert(property, { numRuns: 60 });
    expect(await host.collectMetrics()).toContain('bpfscope_plugin');
  });

  test('a request without a data source is an error of each query', async () => {
    const json = Buffer.from('{"metric":"x"}');
    const queries = [{ refId: 'A', maxDataPoints: 1, intervalMS: 1, queryType: '', timeRange: null, json }];
    const { responses } = await host.queryDataRaw({ pluginContext: null, headers: {}, format: 0, queries });
    expect(responses['A']).toMatchObject({ status: 400, error: 'The request names no data source.' });
  });
});

test('metrics are Prometheus text', async () => {
  await ask({ query: 'counter' });
  const text = await host.collectMetrics();
  expect(text).toMatch(/^bpfscope_plugin_queries_total\{result="ok"\} [1-9]/m);
  expect(text).toMatch(/^bpfscope_plugin_query_duration_seconds_count [1-9]/m);
});

test('every log line is one that Grafana parses, and no token is in any', () => {
  expect(logs.length).toBeGreaterThan(0);
  for (const { entry } of logs) {
    expect(entry?.['@timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(JSON.stringify(entry)).not.toContain(TOKEN);
  }
});
