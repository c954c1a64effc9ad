import Fastify from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { addGuard } from './guard.ts';

const PORT = 9436;
const app = Fastify();
addGuard(app, () => PORT);
app.get('/x', async () => 'ok');
app.post('/x', async () => 'ok');
afterAll(() => app.close());

const ask = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
  app.inject({ method, url: '/x', headers });

describe('passes', () => {
  test.each([
    [{ host: 'localhost:9436' }],
    [{ host: '127.0.0.1:9436' }],
    [{ host: '[::1]:9436' }],
    [{ host: 'localhost:9436', origin: 'http://localhost:9436' }],
  ])('%o', async (headers) => {
    expect((await ask(headers)).statusCode).toBe(200);
  });
});

describe('refuses', () => {
  test.each([
    ['a name that was made to point here', { host: 'evil.example:9436' }],
    ['another port', { host: 'localhost:80' }],
    ['a page elsewhere', { host: 'localhost:9436', origin: 'http://evil.example' }],
    ['a page of another local server', { host: 'localhost:9436', origin: 'http://localhost:3000' }],
    ['another loopback name as origin', { host: 'localhost:9436', origin: 'http://127.0.0.1:9436' }],
    ['a sandboxed frame or a file', { host: 'localhost:9436', origin: 'null' }],
  ])('%s', async (_name, headers) => {
    for (const method of ['GET', 'POST'] as const) {
      const answer = await ask(headers, method);
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ message: expect.stringContaining('http://localhost:9436') });
    }
  });
});

test('every answer says that nothing else may frame it or be loaded', async () => {
  const { headers } = await ask({ host: 'localhost:9436' });
  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(headers['x-frame-options']).toBe('DENY');
});
