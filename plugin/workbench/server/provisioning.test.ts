import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expand, readDashboards, readDataSources } from './provisioning.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provisioning-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('expand', () => {
  const environment = { A: 'a', LONG_NAME: 'l' };
  test.each([
    ['$A', 'a'],
    ['x${A}y$LONG_NAME', 'xayl'],
    ['$__env{A}', 'a'],
    ['$$A', '$A'],
    ['$MISSING!', '!'],
    ['5 $', '5 $'],
  ])('%s', (text, expected) => {
    expect(expand(text, environment)).toBe(expected);
  });
});

test('the shipped data source: URL and token from the environment, the token only among the secrets', async () => {
  const environment = { BPFSCOPE_URL: 'http://127.0.0.1:1', BPFSCOPE_TOKEN: 'secret-token' };
  const [source] = await readDataSources(join(repository, 'provisioning', 'datasources'), environment);
  expect(source).toMatchObject({ url: 'http://127.0.0.1:1', secrets: { token: 'secret-token' } });
  expect(source?.secureJsonFields).toEqual({ token: true });
  const { secrets: _secrets, ...shown } = source ?? { secrets: {} };
  expect(JSON.stringify(shown)).not.toContain('secret-token');
});

test('data sources of other plugins and secrets that are empty are left out', async () => {
  writeFileSync(
    join(folder, 'a.yaml'),
    'apiVersion: 1\ndatasources:\n - {name: p, type: prometheus}\n - {name: b, type: bpfscope-datasource, secureJsonData: {token: $NONE}}\n',
  );
  const sources = await readDataSources(folder, {});
  expect(sources).toMatchObject([{ name: 'b', uid: 'b', secureJsonFields: {}, secrets: {} }]);
});

test('the shipped dashboard is read; a folder that is missing is empty', async () => {
  const dashboards = await readDashboards(join(repository, 'dashboards'));
  expect([...dashboards.values()].map(({ title }) => title)).toContain('Run queue and system calls');
  expect((await readDashboards(join(folder, 'none'))).size).toBe(0);
});
