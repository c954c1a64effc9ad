/** Real processes for browser tests: an agent with a token file of its own, and a workbench in front of it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..', '..');
const AGENT = join(root, 'agent', 'dist', 'cli', 'entry.js');
const WORKBENCH = join(root, 'plugin', 'build', 'types', 'workbench', 'server', 'main.js');

/** Why browser tests cannot run here; null when they can. */
export function missing(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'loading BPF programs needs root on Linux';
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'this kernel has no BTF';
  for (const path of [AGENT, WORKBENCH]) if (!existsSync(path)) return `${path} is not built: npm run build`;
  return null;
}

export interface Stack {
  url: string;
  agentUrl: string;
  token: string;
  /** Kills the agent, as a crash would. */
  killAgent: () => Promise<void>;
  close: () => Promise<void>;
}

export async function startStack(): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'bpfscope-browser-'));
  const tokenFile = join(folder, 'tokens');
  const [agentPort, workbenchPort] = [await freePort(), await freePort()];
  const agent = spawn(process.execPath, [AGENT, 'serve', '--port', String(agentPort), '--token-file', tokenFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await lineOf(agent, /^Agent: /);
  const agentUrl = `http://127.0.0.1:${agentPort}`;
  const token = /^first admin (\S+)$/m.exec(readFileSync(tokenFile, 'utf8'))?.[1] ?? '';
  const workbench = spawn(process.execPath, [WORKBENCH], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      BPFSCOPE_URL: agentUrl,
      BPFSCOPE_TOKEN: token,
      BPFSCOPE_WORKBENCH_PORT: String(workbenchPort),
    },
  });
  const url = await lineOf(workbench, /^http/);
  return {
    url,
    agentUrl,
    token,
    killAgent: () => end(agent, 'SIGKILL'),
    close: async () => {
      await Promise.all([end(workbench, 'SIGTERM'), end(agent, 'SIGTERM')]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** The first line on either stream that matches; rejects with all output when the process ends before. */
function lineOf(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      // The streams are read to the end: a full pipe would stop the process.
      createInterface({ input: stream }).on('line', (line) => {
        seen.push(line);
        if (wanted.test(line)) resolve(line.trim());
      });
    }
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${seen.join('\n')}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
