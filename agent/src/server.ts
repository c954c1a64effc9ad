/**
 * The agent as a process: its engine, its socket, its signals. Everything that can be wrong with the machine or the
 * options ends in a StartError with one sentence and the way out.
 */
import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { probeAll } from '@bpfscope/native/features';
import { backgroundCloses } from '@bpfscope/native/sys';
import type { FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import { buildApp, type App } from './app.ts';
import { HostCatalog } from './catalog/host-catalog.ts';
import { hostFacts } from './catalog/host-facts.ts';
import { EMBEDDED } from './catalog/embedded.ts';
import { Engine, hostTarget, type EnginePort } from './engine/index.ts';
import { environmentProblems } from './environment.ts';
import { HostCounters } from './metrics/host-counters.ts';
import type { Health } from './protocol/index.ts';
import { searchProbes } from './routes/probe-search.ts';
import { searchTypes } from './routes/type-search.ts';
import { defaultTokenFile, followTokens, openTokens, TokenFileError } from './routes/tokens.ts';
import { DEFAULTS, type ServerOptions } from './server-options.ts';
import type { Service } from './service.ts';
import { VERSION } from './version.ts';

export { DEFAULTS };
export type { ServerOptions };

/** One sentence and the way out, for the person who started the agent; never a stack. */
export class StartError extends Error {
  override name = 'StartError';
}

export interface RunningServer {
  /** `http://127.0.0.1:9435` */
  readonly url: string;
  readonly tokenFile: string;
  readonly tokenFileCreated: boolean;
  readonly service: Service;
  readonly engine: EnginePort;
  /** Always-on metrics that could not start. */
  readonly problems: readonly { metric: string; problem: string }[];
  /** Detaches everything; safe to call again. */
  close(): Promise<void>;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

export async function startServer(options: ServerOptions = DEFAULTS): Promise<RunningServer> {
  const [problem] = environmentProblems();
  if (problem !== undefined) throw new StartError(problem.text);
  const tls = readTls(options);
  if (!LOOPBACK.test(options.host) && tls === null && !options.plainHttp)
    throw new StartError(
      `Listening on ${options.host} without TLS would send tokens in the clear: give --tls-cert and --tls-key, or --plain-http where the network is trusted.`,
    );
  const tokenFile = options.tokenFile ?? defaultTokenFile();
  const { tokens, created } = readTokens(tokenFile);

  const logger = pino(
    { level: options.logLevel, base: { name: 'bpfscope' } },
    pino.destination(options.logFile ?? 2),
  ) as unknown as FastifyBaseLogger;
  const target = hostTarget();
  const engine: EnginePort = new Engine({
    target: hostTarget,
    historySeconds: options.historySeconds,
    memoryBytes: options.memory * 1024 * 1024,
    runStatistics: options.runStats,
    log: (level, message, detail) => logger[level](detail ?? {}, message),
  });
  const counters = new HostCounters({
    stepMs: engine.stepMs,
    historySeconds: options.historySeconds,
    log: (level, message, detail) => logger[level](detail ?? {}, message),
  });
  const catalog = new HostCatalog(EMBEDDED, hostFacts(target));
  const leaveTokens = followTokens(tokenFile, tokens, (outcome) => {
    if ('problem' in outcome) logger.error(outcome, 'the token file cannot be used; the tokens from before count');
    else logger.info(outcome, 'the token file was read again');
  });
  const app = await buildApp({
    engine,
    counters,
    catalog,
    tokens,
    tls,
    logger,
    version: VERSION,
    maxRuns: options.maxRuns,
    health: () => health(engine),
    searchProbes: (pattern, limit) => searchProbes(target, pattern, limit),
    searchTypes: (pattern, limit) => searchTypes(target, pattern, limit),
  });
  await listen(app, options);
  const problems = options.alwaysOn ? await app.service.startAlwaysOn() : [];
  for (const { metric, problem } of problems) logger.warn({ metric, problem }, 'an always-on metric could not start');

  const address = app.http.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  let closing: Promise<void> | null = null;
  return {
    url: `${tls === null ? 'http' : 'https'}://${host}:${port}`,
    tokenFile,
    tokenFileCreated: created,
    service: app.service,
    engine,
    problems,
    // Probes of stopped runs are left in the background; a server that says it is closed holds none.
    close: () => {
      leaveTokens();
      return (closing ??= app.http.close().then(backgroundCloses));
    },
  };
}

async function listen(app: App, { host, port }: ServerOptions): Promise<void> {
  try {
    await app.http.listen({ host, port });
  } catch (error) {
    await app.http.close();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE')
      throw new StartError(
        `Port ${port} of ${host} is taken, perhaps by another bpfscope: stop that one, or choose another with --port (BPFSCOPE_PORT for npm start).`,
      );
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartError(`This machine has no address ${host}: choose one of its own with --listen.`);
    if (code === 'EACCES') throw new StartError(`Port ${port} may not be used: choose one above 1023 with --port.`);
    throw error;
  }
}

function readTls(options: ServerOptions): { key: string; cert: string; clientCa?: string } | null {
  const { tlsCert, tlsKey, clientCa } = options;
  if (tlsCert === undefined && tlsKey === undefined) {
    if (clientCa !== undefined) throw new StartError('--client-ca needs --tls-cert and --tls-key.');
    return null;
  }
  if (tlsCert === undefined || tlsKey === undefined)
    throw new StartError('TLS needs both: give --tls-cert and --tls-key.');
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new StartError(`Cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
    }
  };
  return { key: read(tlsKey), cert: read(tlsCert), ...(clientCa === undefined ? {} : { clientCa: read(clientCa) }) };
}

function readTokens(path: string): ReturnType<typeof openTokens> {
  try {
    return openTokens(path);
  } catch (error) {
    if (error instanceof TokenFileError) throw new StartError(error.message);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new StartError(`Cannot use the token file ${path} (${code}): choose another with --token-file.`);
  }
}

/** Features take tens of milliseconds to try: once. */
let features: Health['features'] | null = null;

function health(engine: EnginePort): Health {
  features ??= probeAll().map(({ name, available, reason }) => ({
    name,
    available,
    ...(reason === undefined ? {} : { reason }),
  }));
  const problems = environmentProblems().map(({ text }) => text);
  const target = hostTarget();
  return {
    status: problems.length === 0 ? 'ok' : 'degraded',
    version: VERSION,
    api: 1,
    hostname: hostname(),
    kernel: release(),
    arch: process.arch,
    cpus: target.onlineCpus.length,
    uptimeSeconds: Math.round(process.uptime()),
    runs: engine.list().filter((run) => run.state === 'running').length,
    features,
    problems,
  };
}
