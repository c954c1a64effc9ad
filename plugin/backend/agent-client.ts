/** HTTP to one agent: kept-alive connections, one deadline per call, JSON in and out. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Answer, Catalog, CheckRequest, Health, QueryRequest } from '@bpfscope/agent/protocol';
import { AgentError, answerError, connectionError } from './agent-error.ts';

export interface AgentOptions {
  url: string;
  token: string;
  timeoutMs: number;
  /** Of node:tls: ca, cert, key, rejectUnauthorized, servername. */
  tls: https.AgentOptions;
}

export interface RawAnswer {
  status: number;
  contentType: string;
  body: Buffer;
}

/** An answer larger than this is refused instead of filling the memory of Grafana's host. */
const MOST_BYTES = 256 * 1024 * 1024;

export class AgentClient {
  readonly #options: AgentOptions;
  readonly #base: URL;
  readonly #pool: http.Agent;

  /** Throws AgentError `settings` for a URL that is none. */
  constructor(options: AgentOptions) {
    this.#options = options;
    this.#base = parseUrl(options.url);
    const pool = { keepAlive: true, maxSockets: 32, timeout: 60_000 };
    this.#pool = this.#base.protocol === 'https:' ? new https.Agent({ ...pool, ...options.tls }) : new http.Agent(pool);
  }

  get origin(): string {
    return this.#base.origin;
  }

  health(): Promise<Health> {
    return this.#json<Health>('GET', 'health', undefined);
  }

  catalog(): Promise<Catalog> {
    return this.#json<Catalog>('GET', 'catalog', undefined);
  }

  query(request: QueryRequest): Promise<Answer> {
    return this.#json<Answer>('POST', 'query', request);
  }

  check(request: CheckRequest): Promise<unknown> {
    return this.#json('POST', 'check', request);
  }

  close(): void {
    this.#pool.destroy();
  }

  async #json<T>(method: string, path: string, body: unknown): Promise<T> {
    const { status, body: bytes } = await this.raw(method, path, body === undefined ? undefined : JSON.stringify(body));
    const parsed = parse(bytes);
    if (status < 200 || status > 299) throw answerError(status, parsed, this.#options.token !== '');
    if (parsed === undefined) {
      throw new AgentError('foreign', `${this.origin} answers, but not as a bpfscope agent: its answer is not JSON.`);
    }
    return parsed as T;
  }

  /** Path below /api/v1, with its query string. Rejects with AgentError only. */
  raw(method: string, path: string, body?: string | Buffer): Promise<RawAnswer> {
    const url = new URL(`${this.#base.pathname.replace(/\/$/, '')}/api/v1/${path}`, this.#base);
    const { token, timeoutMs } = this.#options;
    const headers: Record<string, string | number> = { accept: 'application/json' };
    if (token !== '') headers['authorization'] = `Bearer ${token}`;
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(body);
    }
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        clearTimeout(deadline);
        reject(connectionError(error, url));
      };
      const receive = (response: http.IncomingMessage): void => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MOST_BYTES) request?.destroy(new AgentError('failed', 'The answer of the agent is too large.'));
          else chunks.push(chunk);
        });
        response.on('end', () => {
          clearTimeout(deadline);
          const contentType = response.headers['content-type'] ?? '';
          resolve({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks) });
        });
        response.on('error', fail);
      };
      let request: http.ClientRequest | undefined;
      const deadline = setTimeout(() => {
        const late = new AgentError('timeout', `${url.origin} gave no answer within ${timeoutMs / 1000} s.`);
        request?.destroy(late);
        fail(late); // a request that is still connecting may be destroyed in silence
      }, timeoutMs);
      try {
        const send = url.protocol === 'https:' ? https.request : http.request;
        request = send(url, { method, headers, agent: this.#pool }, receive);
        request.on('error', fail);
        request.end(body);
      } catch (error) {
        // Certificates and keys that are none are found here, and not when they were saved.
        fail(new AgentError('settings', `The settings of the data source cannot be used: ${String(error)}.`));
      }
    });
  }
}

function parseUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AgentError('settings', `The URL of the data source is not a URL: ${text}`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AgentError('settings', `The URL of the data source has to begin with http:// or https://: ${text}`);
  }
  return url;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
