/** Starts a backend executable as Grafana does: cookie in the environment, handshake on stdout, log lines on stderr. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MAGIC_COOKIE, PROTOCOL_VERSION } from '../backend/protocol.ts';

export interface LogLine {
  level: string;
  message: string;
  /** The parsed line; null when it was not JSON. */
  entry: Record<string, unknown> | null;
}

export interface StartedProcess {
  child: ChildProcess;
  /** For grpc-js: `unix:/path` or `127.0.0.1:port`. */
  target: string;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Grafana waits a minute; a plugin that needs a tenth of that is broken. */
const START_TIMEOUT_MS = 10_000;

export function parseHandshake(line: string): string {
  const [core, version, network, address, transport] = line.trim().split('|');
  if (core !== '1' || Number(version) !== PROTOCOL_VERSION || transport !== 'grpc' || !address) {
    throw new Error(`not a handshake of plugin protocol ${PROTOCOL_VERSION}: ${line}`);
  }
  if (network === 'unix') return `unix:${address}`;
  if (network === 'tcp') return address;
  throw new Error(`unknown network in the handshake: ${line}`);
}

/** hclog's JSON; anything else is passed on as debug text, as Grafana does. */
export function parseLogLine(line: string): LogLine {
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return { level: String(entry['@level']), message: String(entry['@message']), entry };
  } catch {
    return { level: 'debug', message: line, entry: null };
  }
}

export async function startProcess(
  executable: string,
  env: Readonly<Record<string, string>>,
  onLog: (line: LogLine) => void,
): Promise<StartedProcess> {
  const child = spawn(executable, [], {
    env: {
      ...process.env,
      [MAGIC_COOKIE.name]: MAGIC_COOKIE.value,
      PLUGIN_MIN_PORT: '10000',
      PLUGIN_MAX_PORT: '25000',
      PLUGIN_PROTOCOL_VERSIONS: String(PROTOCOL_VERSION),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  createInterface({ input: child.stderr }).on('line', (line) => onLog(parseLogLine(line)));
  const target = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`${executable} sent no handshake`)), START_TIMEOUT_MS);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(error);
    };
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${executable} ended with code ${code} before its handshake`)));
    const lines = createInterface({ input: child.stdout });
    lines.once('line', (line) => {
      clearTimeout(timer);
      try {
        resolve(parseHandshake(line));
      } catch (error) {
        fail(error as Error);
      }
      child.stdout.resume(); // what follows is read and dropped, so that the plugin never blocks on it
    });
  });
  return { child, target, exited };
}
