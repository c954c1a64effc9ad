/** Grafana's provisioning files, as far as the workbench needs them: data sources of our plugin, and dashboards. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { BootDataSource } from '../boot-data.ts';

export const PLUGIN_ID = 'bpfscope-datasource';

/** A data source with its secrets: never leaves the server. */
export interface ProvisionedDataSource extends BootDataSource {
  secrets: Record<string, string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `$NAME`, `${NAME}` and `$__env{NAME}` as Grafana replaces them; `$$` is a dollar sign. */
export function expand(text: string, environment: Environment): string {
  const place = /\$\$|\$__env\{(\w+)\}|\$\{(\w+)\}|\$(\w+)/g;
  return text.replace(place, (found: string, ...names: (string | undefined)[]) => {
    if (found === '$$') return '$';
    const name = names.slice(0, 3).find((one) => one !== undefined) ?? '';
    return environment[name] ?? '';
  });
}

function expandAll(value: unknown, environment: Environment): unknown {
  if (typeof value === 'string') return expand(value, environment);
  if (Array.isArray(value)) return value.map((one) => expandAll(one, environment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, expandAll(one, environment)]));
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Every data source of our plugin in the YAML files of a folder; the others are Grafana's business. */
export async function readDataSources(folder: string, environment: Environment): Promise<ProvisionedDataSource[]> {
  const sources: ProvisionedDataSource[] = [];
  for (const name of await list(folder, /\.ya?ml$/)) {
    const file = record(parse(await readFile(join(folder, name), 'utf8')));
    const entries = Array.isArray(file['datasources']) ? file['datasources'] : [];
    for (const entry of entries.map((one) => record(expandAll(one, environment)))) {
      if (entry['type'] === PLUGIN_ID) sources.push(toSource(entry, sources.length + 1));
    }
  }
  return sources;
}

function toSource(entry: Record<string, unknown>, id: number): ProvisionedDataSource {
  const secrets = Object.entries(record(entry['secureJsonData'])).filter(([, value]) => text(value) !== '');
  const name = text(entry['name']);
  return {
    id,
    uid: text(entry['uid']) || name,
    name,
    type: PLUGIN_ID,
    url: text(entry['url']),
    isDefault: entry['isDefault'] === true,
    jsonData: record(entry['jsonData']),
    secureJsonFields: Object.fromEntries(secrets.map(([key]) => [key, true])),
    secrets: Object.fromEntries(secrets) as Record<string, string>,
  };
}

/** Dashboards by uid, in the order of their file names. */
export async function readDashboards(folder: string): Promise<Map<string, { uid: string; title: string }>> {
  const dashboards = new Map<string, { uid: string; title: string }>();
  for (const name of await list(folder, /\.json$/)) {
    const file = record(JSON.parse(await readFile(join(folder, name), 'utf8')));
    const uid = text(file['uid']) || name.replace(/\.json$/, '');
    dashboards.set(uid, { ...file, uid, title: text(file['title']) || uid });
  }
  return dashboards;
}

async function list(folder: string, wanted: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => wanted.test(name)).sort();
}
