/**
 * Stands in for an agent where a test needs answers that no kernel gives on demand: refusals, old versions, exact
 * numbers. Requests and answers are checked against the protocol's schemas, so it cannot drift from the real one.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import type { ErrorAnswer, Health } from '@bpfscope/agent/protocol';
import { Answer, Catalog, CheckRequest, QueryRequest } from '@bpfscope/agent/protocol';

export const TOKEN = 'a-token-for-tests';

export const SECOND = 1000;
/** Ends of five steps; the third was not collected. */
export const TIMES = [1, 2, 3, 4, 5].map((step) => 1_700_000_000_000 + step * SECOND);

const run: Answer['run'] = {
  id: 'r1',
  hash: 'f'.repeat(64),
  query: 'kprobe:f { @ = hist(nsecs); }',
  metric: null,
  state: 'running',
  startedAt: TIMES[0] ?? 0,
  leaseUntil: null,
  probes: ['kprobe:f'],
  programs: 1,
  cost: { runs: 100, nanoseconds: 5000, compileMs: 3, loadMs: 1, attachMs: 0.2 },
};

export const answerOf = (outputs: Answer['outputs'], more: Partial<Answer> = {}): Answer => ({
  run,
  step: SECOND,
  outputs,
  lost: { events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 },
  notices: [],
  ...more,
});

/** 10 events in [16 µs, 32 µs), 80 in [32 µs, 64 µs), 10 in [64 µs, 128 µs). */
export const HISTOGRAM: Answer['outputs'][number] = {
  name: '@usecs',
  unit: 'ns',
  keys: [],
  times: TIMES,
  kind: 'histogram',
  buckets: [
    { lower: 16384, upper: 32768 },
    { lower: 32768, upper: 65536 },
    { lower: 65536, upper: 131072 },
  ],
  series: [
    {
      key: [],
      counts: [
        [5, 5, null, 0, 0],
        [20, 20, null, 40, 0],
        [0, 0, null, 10, 0],
      ],
    },
  ],
};

export const COUNTER: Answer['outputs'][number] = {
  name: '@calls',
  unit: 'short',
  keys: [{ name: 'comm', type: 'string' }],
  times: TIMES,
  kind: 'counter',
  series: [
    { key: ['bash'], values: [10, 20, null, 30, 0] },
    { key: ['1024'], values: [1, 0, null, 0, 1] },
  ],
};

export const EVENTS: Answer['outputs'][number] = {
  name: 'printf',
  unit: null,
  keys: [],
  times: [],
  kind: 'events',
  columns: [
    { name: 'pid', type: 'number' },
    { name: 'cookie', type: 'number' },
    { name: 'comm', type: 'string' },
  ],
  rows: [
    { time: TIMES[0] ?? 0, values: [1, '18446744073709551615', 'init'] },
    { time: (TIMES[1] ?? 0) + 0.125, values: [42, 7, 'ünï'] },
  ],
};

export const HEALTH: Health = {
  status: 'ok',
  version: '0.1.0',
  api: 1,
  hostname: 'fake',
  kernel: '6.18.0',
  arch: 'x86_64',
  cpus: 2,
  uptimeSeconds: 5,
  runs: 0,
  features: [
    { name: 'kprobe', available: true },
    { name: 'fentry', available: false, reason: 'no trampoline' },
  ],
  problems: [],
};

const CATALOG: Catalog = {
  metrics: [
    {
      name: 'runq.latency',
      title: 'Run queue latency',
      description: 'Time from wake-up to running',
      group: 'CPU',
      unit: 'ns',
      kind: 'histogram',
      cost: 'measurable',
      aliases: ['runqlat'],
      labels: [],
      alwaysOn: true,
      query: null,
      unavailable: null,
    },
  ],
};

export interface FakeAgent {
  app: FastifyInstance;
  url: string;
  /** Requests to /query, as the schema let them through. */
  asked: QueryRequest[];
  /** What /health says from now on. */
  health: unknown;
}

const refusal = (code: string, message: string, more: object = {}): ErrorAnswer => ({
  error: { code, message, ...more },
});

/** Queries and what they are answered with; anything else is a syntax error. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  histogram: answerOf([HISTOGRAM]),
  counter: answerOf([COUNTER]),
  events: answerOf([EVENTS]),
  several: answerOf([HISTOGRAM, COUNTER, EVENTS]),
  nothing: answerOf([]),
  lossy: answerOf([COUNTER], {
    lost: { events: 0, mapUpdates: 1234, missedRuns: 0, stacks: 0 },
    notices: [{ severity: 'info', code: 'started', text: 'Collection began a moment ago.' }],
  }),
};

export interface FakeTls {
  key: string;
  cert: string;
  /** Wants a client certificate signed by this authority. */
  ca?: string;
}

const secure = ({ key, cert, ca }: FakeTls) => ({
  https: { key, cert, ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }) },
});

export async function startFakeAgent(tls?: FakeTls): Promise<FakeAgent> {
  const settings = { bodyLimit: 512 * 1024, forceCloseConnections: true };
  const app = Fastify({ ...settings, ...(tls ? secure(tls) : {}) }) as unknown as FastifyInstance;
  const fake: FakeAgent = { app, url: '', asked: [], health: HEALTH };
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization === `Bearer ${TOKEN}`) return;
    return reply.code(401).send(refusal('token-missing', 'no token'));
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send(refusal('body', error.message)),
  );
  app.get('/api/v1/health', () => fake.health);
  app.get('/api/v1/catalog', { schema: { response: { 200: Catalog } } }, () => CATALOG);
  app.get('/api/v1/probes', (request) => ({ probes: [], total: 0, asked: request.query }));
  app.delete('/api/v1/runs/:id', (_request, reply) => reply.code(404).send(refusal('run-unknown', 'no such run')));
  app.post('/api/v1/check', { schema: { body: CheckRequest } }, () => ({ ok: true, diagnostics: [] }));
  app.post<{ Body: QueryRequest }>(
    '/api/v1/query',
    { schema: { body: QueryRequest, response: { 200: Answer } } },
    async (request, reply) => {
      fake.asked.push(request.body);
      const { query, metric } = request.body;
      if (query === 'slow') await new Promise((resolve) => app.server.once('close', resolve));
      if (query === 'crash') return reply.code(500).send(refusal('internal', 'the agent broke'));
      const answer = metric === undefined ? ANSWERS[query ?? ''] : ANSWERS['histogram'];
      if (answer) return reply.send(answer as never);
      const place = { code: 'syntax', severity: 'error', line: 1, column: 5, message: 'expected {' };
      return reply
        .code(400)
        .send(refusal('query-invalid', 'The query cannot be run', { diagnostics: [place] }) as never);
    },
  );
  fake.url = await app.listen({ host: '127.0.0.1', port: 0 });
  return fake;
}
