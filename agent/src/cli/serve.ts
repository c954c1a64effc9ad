/** `bpfscope serve`: the agent in the foreground, until a signal. With --heatmap on a terminal it draws what it sees. */
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULTS, type ServerOptions } from '../server-options.ts';

export function serveCommand(): Command {
  const env = process.env;
  return new Command('serve')
    .description('Run the agent: HTTP API for Grafana, /metrics for Prometheus')
    .option('--listen <address>', 'address to listen on', env['BPFSCOPE_LISTEN'] ?? DEFAULTS.host)
    .option(
      '--port <number>',
      'port to listen on; 0 takes a free one',
      integer,
      Number(env['BPFSCOPE_PORT'] ?? DEFAULTS.port),
    )
    .option('--token-file <path>', 'who may ask; made at first start (default: /var/lib/bpfscope/tokens)')
    .option('--tls-cert <path>', 'certificate in PEM')
    .option('--tls-key <path>', 'private key in PEM')
    .option('--client-ca <path>', 'let in only clients with a certificate signed by these')
    .option('--plain-http', 'allow other addresses than loopback without TLS', env['BPFSCOPE_PLAIN_HTTP'] === '1')
    .option('--no-always-on', 'start no metric before someone asks for it')
    .option('--max-runs <number>', 'custom queries at the same time', integer, DEFAULTS.maxRuns)
    .option('--history <seconds>', 'how far back answers reach', integer, DEFAULTS.historySeconds)
    .option('--memory <MiB>', 'what all queries together may remember', integer, DEFAULTS.memory)
    .option(
      '--run-stats',
      'time all BPF programs of the host (20 to 30 ns a run): what queries cost',
      DEFAULTS.runStats,
    )
    .option(
      '--log-level <level>',
      'trace, debug, info, warn, error or silent',
      env['BPFSCOPE_LOG_LEVEL'] ?? DEFAULTS.logLevel,
    )
    .option('--log-file <path>', 'write the log there instead of standard error')
    .option('--heatmap', 'draw run-queue latency on the terminal')
    .action(async (options: ServeOptions) => {
      process.exitCode = await serve(options);
    });
}

/** As commander names them. */
interface ServeOptions extends Omit<ServerOptions, 'host' | 'historySeconds'> {
  readonly listen: string;
  readonly history: number;
  readonly heatmap?: boolean;
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

async function serve(options: ServeOptions): Promise<number> {
  // Loaded here: the other commands start faster without a web server.
  const { startServer, StartError } = await import('../server.ts');
  let server;
  try {
    const { listen: host, history: historySeconds, ...rest } = options;
    server = await startServer({ ...rest, host, historySeconds });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  const stopped = untilSignal();
  process.stdout.write(`Agent: ${server.url}  (token in ${server.tokenFile})\n`);
  for (const { metric, problem } of server.problems) process.stderr.write(`${metric} is not collected: ${problem}\n`);
  let stopDrawing = (): void => undefined;
  if (options.heatmap === true && process.stdout.isTTY) {
    const { drawHeatmap } = await import('./live-heatmap.ts');
    stopDrawing = drawHeatmap(server, process.stdout);
  }
  await stopped;
  stopDrawing();
  await server.close();
  return 0;
}

/** Resolves at SIGINT or SIGTERM; a second one ends the process at once (the kernel detaches what is left). */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let seen = false;
    const stop = (): void => {
      if (seen) process.exit(130);
      seen = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.on('SIGHUP', stop);
  });
}
