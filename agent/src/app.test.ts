/** What HTTP adds to the service: tokens, roles, limits, coded errors. The kernel's part is in test/http/api.test.ts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApp, type App } from './app.ts';
import { HostCatalog } from './catalog/host-catalog.ts';
import { EMBEDDED } from './catalog/embedded.ts';
import { EngineError, type EnginePort } from './engine/index.ts';
import { HostCounters } from './metrics/host-counters.ts';
import type { RunInfo } from './protocol/index.ts';
import { Tokens } from './routes/tokens.ts';

const RUN: RunInfo = {
  id: 'r1',
  hash: 'ab'.repeat(32),
  query: 't:a:b { @ = count(); }',
  metric: null,
  state: 'running',
  startedAt: 1000,
  leaseUntil: 301_000,
  probes: ['tracepoint:a:b'],
  programs: 1,
  cost: { runs: null, nanoseconds: null, compileMs: 1, loadMs: 1, attachMs: 1 },
};

/** An engine that refuses as the real one does; what it runs is never looked at here. */
function refusingEngine(): EnginePort & { asked: string[] } {
  const runs = new Map<string, RunInfo>();
  const asked: string[] = [];
  return {
    asked,
    stepMs: 1000,
    check: () => ({ ok: true, diagnostics: [], probes: [], probeCount: 0, cost: null, outputs: [] }),
    start: async ({ query }) => {
      asked.push(query);
      if (query.includes('wrong')) {
        const span = { start: 3, end: 7 };
        return {
          ok: false,
          diagnostics: [{ code: 'syntax', severity: 'error', span, message: 'no such thing', hint: 'Try.' }],
        };
      }
      if (query.includes('forbidden')) throw new EngineError('not-permitted', 'The kernel says EPERM.', 'Run as root.');
      if (query.includes('crash')) throw new TypeError('cannot read secrets of undefined');
      runs.set(RUN.id, RUN);
      return { ok: true, run: RUN, fresh: true, diagnostics: [] };
    },
    sampled: async () => undefined,
    answer: (id) => {
      const run = runs.get(id);
      if (run === undefined) throw new EngineError('no-such-run', 'There is no such run.');
      return {
        run,
        step: 1000,
        outputs: [],
        lost: { events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 },
        notices: [],
      };
    },
    totals: () => [],
    watch: () => () => undefined,
    list: () => [...runs.values()],
    get: (id) => runs.get(id) ?? null,
    stop: (id) => runs.delete(id),
    close: () => runs.clear(),
  };
}

const TOKENS = {
  viewer: 'viewer-token-0123456',
  editor: 'editor-token-0123456',
  admin: 'admin-token-01234567',
} as const;
type Who = keyof typeof TOKENS;

let app: App;
let engine: ReturnType<typeof refusingEngine>;

beforeEach(async () => {
  engine = refusingEngine();
  const facts = {
    hasTracepoint: (category: string) => category !== 'tcp',
    hasField: () => true,
    hasMember: () => true,
    hasFeature: () => true,
    featureWords: (name: string) => name,
    hasFile: () => true,
  };
  app = await buildApp({
    engine,
    counters: new HostCounters({ stepMs: 1000, read: () => 'ctxt 5\n' }),
    catalog: new HostCatalog(EMBEDDED, facts),
    tokens: new Tokens(
      (['viewer', 'editor', 'admin'] as const).map((role) => ({ name: role, role, token: TOKENS[role] })),
    ),
    version: '1.2.3',
    health: () => ({
      status: 'ok',
      version: '1.2.3',
      api: 1,
      hostname: 'h',
      kernel: '6.18',
      arch: 'x64',
      cpus: 2,
      uptimeSeconds: 1,
      runs: 0,
      features: [],
      problems: [],
    }),
    searchProbes: (pattern, limit) => ({ probes: [{ name: `${pattern}/${limit}`, args: [] }], total: 1 }),
    searchTypes: (pattern, limit) => ({ types: [{ name: `${pattern}/${limit}`, members: [] }], total: 1 }),
  });
});
afterEach(() => app.http.close());

const RANGE = { from: 1000, to: 2000 };

async function call(method: 'GET' | 'POST' | 'DELETE', url: string, who: Who | null, payload?: object | string) {
  const response = await app.http.inject({
    method,
    url,
    headers: {
      ...(who === null ? {} : { authorization: `Bearer ${TOKENS[who]}` }),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
  const json = response.headers['content-type']?.toString().startsWith('application/json') ? response.json() : null;
  return { status: response.statusCode, json, text: response.body, code: json?.error?.code as string | undefined };
}

describe('tokens', () => {
  it('are not asked for at /healthz', async () => {
    expect((await call('GET', '/healthz', null)).json).toEqual({ status: 'ok' });
  });

  it('are the password that a browser asks for at /docs', async () => {
    const get = (authorization?: string) =>
      app.http.inject({ url: '/docs/json', headers: authorization === undefined ? {} : { authorization } });
    const basic = (token: string): string => `Basic ${Buffer.from(`me:${token}`).toString('base64')}`;
    const asked = await get();
    expect([asked.statusCode, asked.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Basic realm=/),
    ]);
    expect((await get(basic('wrong'))).statusCode).toBe(401);
    const shown = await get(basic(TOKENS.viewer));
    expect([shown.statusCode, shown.headers['www-authenticate']]).toEqual([200, undefined]);
    expect(shown.json().paths['/api/v1/query'].post).toBeDefined();
    const { statusCode } = await app.http.inject({
      url: '/api/v1/health',
      headers: { authorization: basic(TOKENS.viewer) },
    });
    expect(statusCode).toBe(401);
  });

  it.each(['/api/v1/health', '/api/v1/runs', '/api/v1/catalog', '/metrics', '/nothing'])(
    'are asked for at %s',
    async (url) => {
      expect(await call('GET', url, null)).toMatchObject({ status: 401, code: 'token-missing' });
    },
  );

  it('that are wrong are told from missing ones, and slow the guesser down but nobody else', async () => {
    const guess = () => app.http.inject({ url: '/api/v1/health', headers: { authorization: 'Bearer not-the-token' } });
    expect((await guess()).json().error.code).toBe('token-wrong');
    for (let i = 0; i < 70; i++) await guess();
    expect((await guess()).json().error.code).toBe('too-many-requests');
    expect((await call('GET', '/api/v1/health', 'viewer')).status).toBe(200);
  });
});

describe('roles', () => {
  it.each<[Who, string, number]>([
    ['viewer', 't:a:b { @ = count(); }', 403],
    ['editor', 't:a:b { @ = count(); }', 200],
    ['editor', 't:a:b { printf("x"); }', 403],
    ['admin', 't:a:b { printf("x"); }', 200],
  ])('%s running %s gets %d', async (who, query, status) => {
    expect((await call('POST', '/api/v1/query', who, { query, ...RANGE })).status).toBe(status);
    expect(engine.asked).toEqual(status === 200 ? [query] : []);
  });

  it('let a viewer read metrics and not stop runs', async () => {
    expect((await call('POST', '/api/v1/query', 'viewer', { metric: 'runqlat', ...RANGE })).status).toBe(200);
    expect(await call('DELETE', '/api/v1/runs/r1', 'viewer')).toMatchObject({ status: 403, code: 'role-too-low' });
    expect((await call('DELETE', '/api/v1/runs/r1', 'editor')).status).toBe(204);
  });

  it('are told by check already', async () => {
    const { json } = await call('POST', '/api/v1/check', 'editor', { query: 't:a:b { printf("x"); }' });
    expect(json).toMatchObject({ ok: false, diagnostics: [{ code: 'role-too-low' }] });
  });
});

describe('bad input', () => {
  it.each<[string, string, object | string, number]>([
    ['request-invalid', '/api/v1/query', { query: 'x' }, 400],
    ['request-invalid', '/api/v1/query', { ...RANGE }, 400],
    ['request-invalid', '/api/v1/query', { query: 'x', metric: 'runqlat', ...RANGE }, 400],
    ['request-invalid', '/api/v1/query', { query: 5, ...RANGE }, 400],
    ['request-invalid', '/api/v1/query', { query: 'x', ...RANGE, step: 1 }, 400],
    ['request-invalid', '/api/v1/query', '{ not json', 400],
    ['range-invalid', '/api/v1/query', { query: 'x', from: 2, to: 2 }, 400],
    ['metric-unknown', '/api/v1/query', { metric: 'runq.latencies', ...RANGE }, 404],
    ['metric-unavailable', '/api/v1/query', { metric: 'tcp.retransmits', ...RANGE }, 422],
    ['query-invalid', '/api/v1/query', { query: 'a wrong one', ...RANGE }, 422],
    ['not-permitted', '/api/v1/query', { query: 'forbidden', ...RANGE }, 503],
    ['request-too-large', '/api/v1/query', { query: 'x'.repeat(1_000_000), ...RANGE }, 413],
    ['request-too-large', '/api/v1/check', { query: 'x'.repeat(1_000_000) }, 413],
  ])('gives %s at %s', async (code, url, body, status) => {
    const answer = await call('POST', url, 'admin', body);
    expect(answer).toMatchObject({ status, code });
    expect(Object.keys(answer.json)).toEqual(['error']);
  });

  it('says where a query is wrong', async () => {
    const { json } = await call('POST', '/api/v1/query', 'admin', { query: 'a\nwrong', ...RANGE });
    expect(json.error).toMatchObject({
      message: '2:2: no such thing',
      hint: 'Try.',
      diagnostics: [{ line: 2, column: 2, endLine: 2, endColumn: 6, start: 3, end: 7 }],
    });
  });

  it('suggests metrics', async () => {
    const { json } = await call('POST', '/api/v1/query', 'admin', { metric: 'runq.latencies', ...RANGE });
    expect(json.error.hint).toContain('runq.latency');
  });

  it('never shows what broke inside', async () => {
    const answer = await call('POST', '/api/v1/query', 'admin', { query: 'crash', ...RANGE });
    expect(answer).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.text).not.toMatch(/secrets|TypeError|\.ts/);
  });

  it('refuses bodies that are not JSON and addresses that are not there', async () => {
    const headers = { authorization: `Bearer ${TOKENS.admin}`, 'content-type': 'text/csv' };
    const response = await app.http.inject({ method: 'POST', url: '/api/v1/check', headers, payload: 'a,b' });
    expect(response.statusCode).toBe(415);
    expect(await call('GET', '/api/v2/runs', 'admin')).toMatchObject({ status: 404, code: 'not-found' });
    expect(await call('GET', '/api/v1/runs/none', 'admin')).toMatchObject({ status: 404, code: 'run-unknown' });
  });
});

describe('/metrics', () => {
  it('has the agent and the always-on counters', async () => {
    await app.service.startAlwaysOn();
    const { text } = await call('GET', '/metrics', 'viewer');
    expect(text).toMatch(/^bpfscope_context_switches_total 5$/m);
    expect(text).toMatch(/^bpfscope_build_info\{version="1.2.3",/m);
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m);
    const renamed = (await call('GET', '/metrics?prefix=ebpf_exporter', 'viewer')).text;
    expect(renamed).toMatch(/^ebpf_exporter_context_switches_total 5$/m);
  });
});

describe('/api/v1/types', () => {
  it('takes names with blanks', async () => {
    const { json } = await call('GET', '/api/v1/types?search=struct+so*&limit=7', 'viewer');
    expect(json.types).toEqual([{ name: 'struct so*/7', members: [] }]);
  });
});

describe('/api/v1/probes', () => {
  it('takes numbers from the query string', async () => {
    const { json } = await call('GET', '/api/v1/probes?search=sched&limit=7', 'viewer');
    expect(json.probes[0].name).toBe('sched/7');
    expect(await call('GET', '/api/v1/probes?limit=0', 'viewer')).toMatchObject({
      status: 400,
      code: 'request-invalid',
    });
  });
});
