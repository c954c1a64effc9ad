/** A plugin host: the part of Grafana's server that talks to a backend plugin. Used by the workbench and by tests. */
import { credentials, type Client, type ServiceError } from '@grpc/grpc-js';
import type {
  CallResourceRequest,
  CallResourceResponse,
  CheckHealthResponse,
  CollectMetricsResponse,
  DataResponse,
  PluginContext,
  QueryDataRequest,
  QueryDataResponse,
} from '../backend/messages.ts';
import { HEALTH_SERVICE, MESSAGE_LIMITS, Services } from '../backend/protocol.ts';
import type { Frame } from '../shared/index.ts';
import { decodeArrow } from './decode.ts';
import { startProcess, type LogLine, type StartedProcess } from './process.ts';

/** A data source as Grafana's database holds it. */
export interface DataSource {
  uid: string;
  name: string;
  url: string;
  jsonData?: object;
  secureJsonData?: Record<string, string>;
  /** Raise it when anything changed. */
  updatedMs?: number;
}

export interface Caller {
  role: 'Viewer' | 'Editor' | 'Admin' | 'None';
  login?: string;
}

export interface HostQuery {
  refId: string;
  intervalMs?: number;
  maxDataPoints?: number;
  queryType?: string;
  [key: string]: unknown;
}

export interface HostRequest {
  queries: HostQuery[];
  /** Unix milliseconds. */
  from: number;
  to: number;
  headers?: Record<string, string>;
}

export interface HostResponse {
  frames: Frame[];
  status: number;
  error?: string;
  errorSource?: string;
}

export interface HostOptions {
  executable: string;
  env?: Record<string, string>;
  onLog?: (line: LogLine) => void;
}

type Call<Request, Response> = (
  request: Request,
  done: (error: ServiceError | null, response: Response) => void,
) => void;

export const pluginContext = (source: DataSource, caller: Caller | null): PluginContext => ({
  orgId: 1,
  pluginId: 'bpfscope-datasource',
  pluginVersion: '',
  userAgent: '',
  user: caller && { login: caller.login ?? 'someone', name: '', email: '', role: caller.role },
  dataSourceInstanceSettings: {
    id: 1,
    uid: source.uid,
    name: source.name,
    url: source.url,
    jsonData: Buffer.from(JSON.stringify(source.jsonData ?? {})),
    decryptedSecureJsonData: source.secureJsonData ?? {},
    lastUpdatedMS: source.updatedMs ?? 0,
  },
});

export class PluginHost {
  readonly #process: StartedProcess;
  readonly #clients: Record<keyof typeof Services, Client>;

  private constructor(process: StartedProcess) {
    this.#process = process;
    const open = (name: keyof typeof Services): Client =>
      new Services[name](process.target, credentials.createInsecure(), {
        ...MESSAGE_LIMITS,
        'grpc.default_authority': 'unused',
      });
    this.#clients = {
      Data: open('Data'),
      Resource: open('Resource'),
      Diagnostics: open('Diagnostics'),
      Stream: open('Stream'),
      Controller: open('Controller'),
      Health: open('Health'),
    };
  }

  static async start({ executable, env = {}, onLog = () => undefined }: HostOptions): Promise<PluginHost> {
    const host = new PluginHost(await startProcess(executable, env, onLog));
    const { status } = await host.#unary<object, { status: number }>('Health', 'Check', { service: HEALTH_SERVICE });
    if (status !== 1) throw new Error(`the plugin is not serving: health status ${status}`);
    return host;
  }

  get pid(): number {
    return this.#process.child.pid ?? 0;
  }

  /** Where it listens, as grpc-js writes it: `unix:/path` or `host:port`. */
  get target(): string {
    return this.#process.target;
  }

  get exited(): StartedProcess['exited'] {
    return this.#process.exited;
  }

  checkHealth(context: PluginContext): Promise<CheckHealthResponse> {
    return this.#unary('Diagnostics', 'CheckHealth', { pluginContext: context, headers: {} });
  }

  async collectMetrics(): Promise<string> {
    const { metrics } = await this.#unary<object, CollectMetricsResponse>('Diagnostics', 'CollectMetrics', {});
    return Buffer.from(metrics.prometheus).toString('utf8');
  }

  queryDataRaw(request: QueryDataRequest): Promise<QueryDataResponse> {
    return this.#unary('Data', 'QueryData', request);
  }

  /** As /api/ds/query: saved query models in, frames by refId out. */
  async queryData(context: PluginContext, request: HostRequest): Promise<Record<string, HostResponse>> {
    const timeRange = { fromEpochMS: Math.trunc(request.from), toEpochMS: Math.trunc(request.to) };
    const { responses } = await this.queryDataRaw({
      pluginContext: context,
      headers: request.headers ?? {},
      format: 0,
      queries: request.queries.map((query) => ({
        refId: query.refId,
        maxDataPoints: query.maxDataPoints ?? 1000,
        intervalMS: query.intervalMs ?? 1000,
        queryType: query.queryType ?? '',
        timeRange,
        json: Buffer.from(JSON.stringify(query)),
      })),
    });
    return Object.fromEntries(Object.entries(responses).map(([refId, response]) => [refId, decoded(response)]));
  }

  /** All messages of the answer joined: the first carries status and headers. */
  callResource(request: CallResourceRequest): Promise<CallResourceResponse> {
    const client = this.#clients.Resource as Client & {
      CallResource(request: CallResourceRequest): NodeJS.ReadableStream;
    };
    return new Promise((resolve, reject) => {
      const parts: CallResourceResponse[] = [];
      client
        .CallResource(request)
        .on('data', (part: CallResourceResponse) => parts.push(part))
        .on('error', reject)
        .on('end', () => {
          const [first] = parts;
          if (first) resolve({ ...first, body: Buffer.concat(parts.map(({ body }) => body)) });
          else reject(new Error('the plugin sent no answer'));
        });
    });
  }

  /** Asks the plugin to end, as Grafana does: after two seconds it is killed. */
  async stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const kill = setTimeout(() => this.#process.child.kill('SIGKILL'), 2000);
    await this.#unary('Controller', 'Shutdown', {}).catch(() => undefined);
    for (const client of Object.values(this.#clients)) client.close();
    const end = await this.#process.exited;
    clearTimeout(kill);
    return end;
  }

  #unary<Request, Response>(service: keyof typeof Services, method: string, request: Request): Promise<Response> {
    const client = this.#clients[service];
    const call = (client as unknown as Record<string, Call<Request, Response>>)[method];
    if (!call) throw new Error(`no method ${method} in ${service}`);
    return new Promise((resolve, reject) => {
      call.call(client, request, (error, response) => (error ? reject(error) : resolve(response)));
    });
  }
}

function decoded({ frames = [], error, status, errorSource }: DataResponse): HostResponse {
  return {
    frames: frames.map(decodeArrow),
    status,
    ...(error ? { error } : {}),
    ...(errorSource ? { errorSource } : {}),
  };
}
