import Fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { addGrafanaApi } from './grafana-api.ts';

const app = Fastify();
addGrafanaApi(app, {
  sources: [],
  // None of these requests may get as far as the plugin's process.
  host: () => Promise.reject(new Error('asked the plugin')),
});
afterAll(() => app.close());

const query = (payload: object) => app.inject({ method: 'POST', url: '/api/ds/query', payload });
const RANGE = { from: '1000', to: '2000' };

test.each([
  ['nothing', {}],
  ['no queries', { ...RANGE, queries: [] }],
  ['a query without refId', { ...RANGE, queries: [{}] }],
  ['a range that is no number', { from: 'now-1h', to: 'now', queries: [{ refId: 'A' }] }],
])('%s is refused with 400', async (_name, payload) => {
  expect((await query(payload)).statusCode).toBe(400);
});

test('a data source that is not provisioned is unknown', async () => {
  const answers = await Promise.all([
    query({ ...RANGE, queries: [{ refId: 'A', datasource: { uid: 'x' } }] }),
    app.inject({ method: 'GET', url: '/api/datasources/uid/x/health' }),
    app.inject({ method: 'GET', url: '/api/datasources/uid/x/resources/catalog' }),
  ]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
});
