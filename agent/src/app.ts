/**
 * The agent as a Fastify instance: every route, no port, no signals. Tests build it and use `inject`; server.ts
 * gives it a socket and a process.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyInstance } from 'fastify';
import type { HostCatalog } from './catalog/host-catalog.ts';
import type { EnginePort } from './engine/index.ts';
import { AgentMetrics } from './metrics/agent-metrics.ts';
import type { HostCounters } from './metrics/host-counters.ts';
import { renderMetrics } from './metrics/page.ts';
import type { Health, ProbeSearch, TypeSearch } from './protocol/index.ts';
import { api } from './routes/api.ts';
import { Audit } from './routes/audit.ts';
import { authenticate } from './routes/auth.ts';
import { serveDocs } from './routes/docs.ts';
import { ApiError } from './routes/errors.ts';
import type { Tokens } from './routes/tokens.ts';
import { fromEngine, Service } from './service.ts';

export interface AppOptions {
  readonly engine: EnginePort;
  readonly counters: HostCounters;
  readonly catalog: HostCatalog;
  readonly tokens: Tokens;
  readonly version: string;
  readonly health: () => Health;
  readonly searchProbes: (pattern: string, limit: number) => ProbeSearch;
  readonly searchTypes: (pattern: string, limit: number) => TypeSearch;
  readonly logger?: FastifyBaseLogger;
  readonly maxRuns?: number;
  /** Key and certificate in PEM; null or absent: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly clientCa?: string } | null;
}

/** Larger requests are refused; a dashboard's longest query is a hundredth of that. */
const BODY_LIMIT = 256 * 1024;
const SWEEP_MS = 10_000;

export interface App {
  readonly http: FastifyInstance;
  readonly service: Service;
  readonly metrics: AgentMetrics;
}

export async function buildApp(options: AppOptions): Promise<App> {
  const http = fastify({
    bodyLimit: BODY_LIMIT,
    ...(options.logger === undefined ? {} : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    ajv: { customOptions: { coerceTypes: false, useDefaults: true, removeAdditional: false } },
    ...(options.tls ? { https: tlsOptions(options.tls) } : {}),
  } as object).withTypeProvider<TypeBoxTypeProvider>() as unknown as FastifyInstance;

  // Answers are built to their schemas; a checking serializer would look at every number again.
  http.setSerializerCompiler(() => (data) => JSON.stringify(data));
  http.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = toApiError(fromEngine(error), request.log);
    if (answer.status >= 500 && answer.code !== 'internal') request.log.warn({ code: answer.code }, answer.message);
    return reply.code(answer.status).send(answer.body());
  });
  http.setNotFoundHandler((_request, reply) => {
    const answer = new ApiError('not-found');
    return reply.code(answer.status).send(answer.body());
  });

  const audit = new Audit(http.log);
  const service = new Service({ ...options, audit });
  const metrics = new AgentMetrics(options.version);
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    request.log.debug({ method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime }, 'answered');
  });
  http.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
  });

  authenticate(http, options.tokens);
  serveDocs(http, options.version);
  await http.register(api, { prefix: '/api/v1', ...options, service });

  http.get('/healthz', { config: { open: true }, schema: { hide: true } }, async () => ({ status: 'ok' }));
  http.get<{ Querystring: { prefix?: string } }>('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const text = await renderMetrics(service, metrics, request.query.prefix);
    return reply.type('text/plain; version=0.0.4; charset=utf-8').serializer(String).send(text);
  });

  const sweeper = setInterval(() => service.sweep(), SWEEP_MS);
  sweeper.unref();
  http.addHook('onClose', async () => {
    clearInterval(sweeper);
    service.close();
  });
  return { http, service, metrics };
}

function tlsOptions(tls: NonNullable<AppOptions['tls']>): object {
  const client = tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true };
  return { key: tls.key, cert: tls.cert, ...client };
}

/** Whatever was thrown, as one of our coded refusals; what is not ours goes to the log, never to the caller. */
function toApiError(error: unknown, log: FastifyBaseLogger): ApiError {
  if (error instanceof ApiError) return error;
  const known = error as Partial<FastifyError>;
  if (known.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ApiError('request-too-large');
  if (known.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ApiError('body-not-json');
  if (known.validation !== undefined)
    return new ApiError('request-invalid', `The request is invalid: ${known.message}.`);
  if (known.statusCode !== undefined && known.statusCode >= 400 && known.statusCode < 500)
    return new ApiError('request-invalid', known.message);
  log.error({ err: error }, 'request failed');
  return new ApiError('internal');
}
