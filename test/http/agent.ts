/** A real agent on a free port of loopback, with a token file of its own: for tests of what stands on its HTTP API. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULTS, startServer, type RunningServer, type ServerOptions } from '@bpfscope/agent/server';

export interface TestAgent {
  readonly server: RunningServer;
  readonly url: string;
  readonly token: string;
  /** A call of /api/v1 (or of `/...`) as the admin; `body` makes it a POST. */
  call(path: string, body?: unknown, method?: string): Promise<{ status: number; json: unknown; text: string }>;
  close(): Promise<void>;
}

export async function startAgent(options: Partial<ServerOptions> = {}): Promise<TestAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'bpfscope-agent-'));
  const tokenFile = join(folder, 'tokens');
  const server = await startServer({ ...DEFAULTS, port: 0, tokenFile, logLevel: 'warn', ...options });
  const token = /^first admin (\S+)$/m.exec(readFileSync(tokenFile, 'utf8'))?.[1] ?? '';
  return {
    server,
    url: server.url,
    token,
    call: async (path, body, method = body === undefined ? 'GET' : 'POST') => {
      const response = await fetch(`${server.url}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, json: isJson ? JSON.parse(text) : null, text };
    },
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
