/** The agent over TLS, with and without certificates of clients. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent } from './agent.ts';

const can = process.getuid?.() === 0 && spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!can)('TLS (needs root and openssl)', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bpfscope-tls-'));
    // Signs itself: its own authority, for the server and for the client.
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key.pem')];
    const { status, stderr } = spawnSync('openssl', [
      'req',
      '-x509',
      '-days',
      '1',
      ...key,
      '-out',
      at('cert.pem'),
      ...subject,
    ]);
    expect(status, stderr.toString()).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const get = (url: string, withCertificate: boolean): Promise<number> =>
    new Promise((resolve, reject) => {
      const ca = readFileSync(at('cert.pem'));
      const own = withCertificate ? { cert: ca, key: readFileSync(at('key.pem')) } : {};
      request(`${url}/healthz`, { ca, ...own, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .once('error', reject)
        .end();
    });

  it('answers over TLS only', async () => {
    const agent = await startAgent({ alwaysOn: false, tlsCert: at('cert.pem'), tlsKey: at('key.pem') });
    try {
      expect(agent.url).toMatch(/^https:/);
      expect(await get(agent.url, false)).toBe(200);
      await expect(fetch(agent.url.replace('https:', 'http:'))).rejects.toThrow();
    } finally {
      await agent.close();
    }
  });

  it('lets in only clients with a certificate where that is asked for', async () => {
    const files = { tlsCert: at('cert.pem'), tlsKey: at('key.pem'), clientCa: at('cert.pem') };
    const agent = await startAgent({ alwaysOn: false, ...files });
    try {
      expect(await get(agent.url, true)).toBe(200);
      await expect(get(agent.url, false)).rejects.toThrow();
    } finally {
      await agent.close();
    }
  });
});
