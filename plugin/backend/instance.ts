/** A data source as configured, with its connections; kept until its settings change. */
import { DEFAULT_URL, migrateSettings, type Settings } from '../shared/index.ts';
import { AgentClient } from './agent-client.ts';
import { AgentError } from './agent-error.ts';
import type { DataSourceInstanceSettings, PluginContext } from './messages.ts';

export interface Instance {
  settings: Settings;
  agent: AgentClient;
}

interface Entry {
  updated: number;
  instance: Instance;
}

export class Instances {
  readonly #entries = new Map<string, Entry>();

  /** Throws AgentError `settings`. */
  get(context: PluginContext | null): Instance {
    const source = context?.dataSourceInstanceSettings;
    if (!source) throw new AgentError('settings', 'The request names no data source.');
    const key = `${context.orgId}/${source.uid === '' ? source.id : source.uid}`;
    const entry = this.#entries.get(key);
    if (entry?.updated === source.lastUpdatedMS) return entry.instance;
    this.#entries.delete(key);
    if (entry) retire(entry.instance);
    const instance = open(source);
    this.#entries.set(key, { updated: source.lastUpdatedMS, instance });
    return instance;
  }

  close(): void {
    for (const { instance } of this.#entries.values()) instance.agent.close();
    this.#entries.clear();
  }
}

/** Requests under way with the old settings may end; none of them lasts longer than its deadline. */
function retire({ agent, settings }: Instance): void {
  setTimeout(() => agent.close(), settings.timeoutMs).unref();
}

function open(source: DataSourceInstanceSettings): Instance {
  const settings = migrateSettings(parse(source.jsonData));
  const secrets = source.decryptedSecureJsonData;
  const text = (name: string): string | undefined => secrets[name]?.trim() || undefined;
  const ca = settings.tlsAuthWithCACert ? text('tlsCACert') : undefined;
  const cert = settings.tlsAuth ? text('tlsClientCert') : undefined;
  const key = settings.tlsAuth ? text('tlsClientKey') : undefined;
  const agent = new AgentClient({
    url: source.url === '' ? DEFAULT_URL : source.url,
    token: text('token') ?? '',
    timeoutMs: settings.timeoutMs,
    tls: {
      rejectUnauthorized: !settings.tlsSkipVerify,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(settings.serverName === '' ? {} : { servername: settings.serverName }),
    },
  });
  return { settings, agent };
}

function parse(json: Buffer): unknown {
  if (json.length === 0) return {};
  try {
    return JSON.parse(json.toString('utf8')) as unknown;
  } catch {
    throw new AgentError('settings', 'The settings of the data source are not JSON.');
  }
}
