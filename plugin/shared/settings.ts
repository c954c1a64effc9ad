/** The data source's settings: `jsonData` as saved by the config editor or provisioning. The URL is Grafana's own field. */
export interface Settings {
  /** Least Grafana role that may run queries of its own; below it only catalog metrics are run. */
  customQueryRole: 'Viewer' | 'Editor' | 'Admin';
  /** Milliseconds until the agent's answer is given up. */
  timeoutMs: number;
  tlsSkipVerify: boolean;
  /** Check the server against `secureJsonData.tlsCACert`. */
  tlsAuthWithCACert: boolean;
  /** Show `secureJsonData.tlsClientCert` and `tlsClientKey` to the agent. */
  tlsAuth: boolean;
  serverName: string;
}

/** Names in `secureJsonData`. */
export interface SecureSettings {
  token?: string;
  tlsCACert?: string;
  tlsClientCert?: string;
  tlsClientKey?: string;
}

export const DEFAULT_SETTINGS: Settings = {
  customQueryRole: 'Editor',
  timeoutMs: 30_000,
  tlsSkipVerify: false,
  tlsAuthWithCACert: false,
  tlsAuth: false,
  serverName: '',
};

export const DEFAULT_URL = 'http://127.0.0.1:9435';

const ROLES = ['Viewer', 'Editor', 'Admin'] as const;

export function migrateSettings(saved: unknown): Settings {
  const from = typeof saved === 'object' && saved !== null ? (saved as Record<string, unknown>) : {};
  const role = ROLES.find((name) => name === from['customQueryRole']);
  const timeout = Number(from['timeoutMs']);
  return {
    customQueryRole: role ?? DEFAULT_SETTINGS.customQueryRole,
    timeoutMs: timeout >= 100 && timeout <= 600_000 ? timeout : DEFAULT_SETTINGS.timeoutMs,
    tlsSkipVerify: from['tlsSkipVerify'] === true,
    tlsAuthWithCACert: from['tlsAuthWithCACert'] === true,
    tlsAuth: from['tlsAuth'] === true,
    serverName: typeof from['serverName'] === 'string' ? from['serverName'] : '',
  };
}
