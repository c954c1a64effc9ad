/** TLS between the compiled executable and an agent: its runtime is not Node's, so every setting is tried. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PluginHost, pluginContext } from 'bpfscope-datasource/host';
import { startFakeAgent, TOKEN, type FakeAgent } from './fake-agent.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const arch = process.arch === 'x64' ? 'amd64' : process.arch;
const executable = join(root, 'plugin', 'dist', `gpx_bpfscope_${process.platform}_${arch}`);
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)(`TLS to the agent${hasOpenssl ? '' : ' (skipped: there is no openssl)'}`, () => {
  let folder: string;
  let host: PluginHost;
  let server: FakeAgent;
  let mutual: FakeAgent;

  const path = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

  function authority(): void {
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.crt'); // prettier-ignore
  }

  function certificate(name: string, alternative: string): void {
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`,
      '-keyout', `${name}.key`, '-out', `${name}.csr`); // prettier-ignore
    writeFileSync(path(`${name}.ext`), `subjectAltName=${alternative}\n`);
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
      '-extfile', `${name}.ext`, '-out', `${name}.crt`); // prettier-ignore
  }

  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'plugin', 'backend', 'build.mjs')], { stdio: 'inherit' });
    folder = mkdtempSync(join(tmpdir(), 'bpfscope-tls-'));
    authority();
    certificate('agent', 'DNS:agent.example,IP:127.0.0.2');
    certificate('local', 'IP:127.0.0.1');
    certificate('client', 'DNS:grafana');
    server = await startFakeAgent({ key: read('agent.key'), cert: read('agent.crt') });
    mutual = await startFakeAgent({ key: read('local.key'), cert: read('local.crt'), ca: read('ca.crt') });
    host = await PluginHost.start({ executable });
  }, 60_000);

  afterAll(async () => {
    await host?.stop();
    await server?.app.close();
    await mutual?.app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let sources = 0;
  async function check(agent: FakeAgent, jsonData: object, secrets: Record<string, string> = {}): Promise<string> {
    const secureJsonData = { token: TOKEN, ...secrets };
    const source = { uid: `tls${sources++}`, name: 'tls', url: agent.url, jsonData, secureJsonData };
    return (await host.checkHealth(pluginContext(source, { role: 'Admin' }))).message;
  }
  const READY = /is ready/;

  test('a certificate of an unknown authority is refused, and the sentence says so', async () => {
    expect(await check(server, {})).toMatch(/certificate of https:\/\/127\.0\.0\.1:\d+ is not accepted/);
  });

  test('skip verify accepts it', async () => {
    expect(await check(server, { tlsSkipVerify: true })).toMatch(READY);
  });

  test('with the authority, the name has to fit too', async () => {
    const ca = { tlsCACert: read('ca.crt') };
    expect(await check(server, { tlsAuthWithCACert: true }, ca)).toMatch(/certificate .* is not accepted/);
    expect(await check(server, { tlsAuthWithCACert: true, serverName: 'agent.example' }, ca)).toMatch(READY);
    expect(await check(server, { tlsAuthWithCACert: true, serverName: 'other.example' }, ca)).toMatch(/not accepted/);
  });

  test('a client certificate is shown when configured, and only then', async () => {
    const ca = { tlsCACert: read('ca.crt') };
    expect(await check(mutual, { tlsAuthWithCACert: true }, ca)).not.toMatch(READY);
    const both = { ...ca, tlsClientCert: read('client.crt'), tlsClientKey: read('client.key') };
    expect(await check(mutual, { tlsAuthWithCACert: true, tlsAuth: true }, both)).toMatch(READY);
    expect(await check(mutual, { tlsAuthWithCACert: true }, both)).not.toMatch(READY);
  });

  test('an authority that is no certificate is a sentence, not a crash', async () => {
    expect(await check(server, { tlsAuthWithCACert: true }, { tlsCACert: 'nonsense' })).toMatch(/cannot be used: .*CA/);
    expect(await check(server, { tlsSkipVerify: true })).toMatch(READY);
  });
});
