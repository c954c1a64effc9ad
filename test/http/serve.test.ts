/** `bpfscope serve` and `npm start` as processes: what they say, how they end, what they leave behind. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(ROOT, 'agent/dist/cli/entry.js');
const built = existsSync(CLI);
const root = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bpfscope-serve-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const args = (...more: string[]): string[] => [
  CLI,
  'serve',
  '--port',
  '0',
  '--token-file',
  join(folder, 'state', 'tokens'),
  ...more,
];

/** The first lines that a process prints, until they match. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      const found = pattern.exec(text);
      if (found !== null) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
}

/** BPF programs whose descriptors a process holds. */
const programsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fdinfo`).filter((fd) =>
    readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8').includes('prog_id:'),
  ).length;

const exit = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

describe.skipIf(!built || !root)('bpfscope serve (needs root and a build)', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says where it is, keeps its token to itself, and ends cleanly at %s',
    async (signal) => {
      const child = spawn(process.execPath, args('--log-level', 'warn'), { stdio: ['ignore', 'pipe', 'pipe'] });
      const [, url = '', tokenFile = ''] = await printed(child, /^Agent: (http:\S+) {2}\(token in (\S+)\)\n/);
      expect(readFileSync(tokenFile, 'utf8')).toMatch(/^first admin \S{43}$/m);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect((await fetch(`${url}/api/v1/runs`)).status).toBe(401);
      expect(programsOf(child.pid ?? 0)).toBeGreaterThan(3);
      const ended = exit(child);
      child.kill(signal);
      expect(await ended).toBe(0);
    },
  );

  it('writes an audit line for what began and ended', async () => {
    const child = spawn(process.execPath, args('--no-always-on'), { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    child.stderr?.on('data', (data: Buffer) => (log += data.toString()));
    const [, url = '', tokenFile = ''] = await printed(child, /^Agent: (http:\S+) {2}\(token in (\S+)\)\n/);
    const token = /^first admin (\S+)$/m.exec(readFileSync(tokenFile, 'utf8'))?.[1] ?? '';
    const now = Date.now();
    const query = 'tracepoint:sched:sched_process_fork { @audited = count(); }';
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, from: now - 1000, to: now }),
    });
    const { run } = (await response.json()) as { run: { id: string; hash: string } };
    const ended = exit(child);
    child.kill('SIGTERM');
    await ended;
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['audit'] === true);
    expect(lines).toMatchObject([
      { event: 'run-started', who: 'first', role: 'admin', hash: run.hash, query },
      { event: 'run-ended', who: 'first', hash: run.hash, cost: expect.anything() },
    ]);
    expect(log).not.toContain(token);
  });

  const refused = (more: string[], options: object = {}): { status: number | null; stderr: string } => {
    const { status, stderr } = spawnSync(process.execPath, args(...more), {
      encoding: 'utf8',
      timeout: 20_000,
      ...options,
    });
    return { status, stderr };
  };

  it.each<[string, string[], RegExp]>([
    ['another address without TLS', ['--listen', '0.0.0.0'], /without TLS.*--tls-cert.*--plain-http/],
    ['half of TLS', ['--tls-cert', '/nowhere'], /--tls-cert and --tls-key/],
    [
      'a certificate that is not there',
      ['--tls-cert', '/nowhere', '--tls-key', '/nowhere'],
      /Cannot read \/nowhere: ENOENT/,
    ],
    ['an address that is not ours', ['--listen', '192.0.2.1', '--plain-http'], /no address 192.0.2.1/],
    ['a token file in no folder', ['--token-file', '/proc/nowhere/tokens'], /token file \/proc\/nowhere\/tokens/],
  ])('refuses %s in one sentence', (_what, more, words) => {
    const { status, stderr } = refused(more);
    expect(stderr).toMatch(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });

  it('refuses a taken port, and a token file that others can read', async () => {
    const server = await new Promise<Server>((resolve) => {
      const made: Server = createServer().listen(0, '127.0.0.1', () => resolve(made));
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { status, stderr } = refused(['--port', String(port)]);
    server.close();
    expect(stderr).toMatch(new RegExp(`^Port ${port} of 127.0.0.1 is taken.*--port[^\\n]*\\n$`));
    expect(status).toBe(1);
    chmodSync(join(folder, 'state', 'tokens'), 0o644);
    expect(refused([])).toMatchObject({ status: 1, stderr: expect.stringMatching(/^[^\n]*chmod 600[^\n]*\n$/) });
  });

  it('tells who is not root so', () => {
    chmodSync(folder, 0o755);
    expect(refused([], { uid: 65534, gid: 65534 })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^[^\n]*run it as root[^\n]*\n$/),
    });
  });

  it('leaves no program behind when it is killed', async () => {
    const child = spawn(process.execPath, args('--log-level', 'error'), { stdio: ['ignore', 'pipe', 'ignore'] });
    await printed(child, /^Agent: /);
    const ids = readdirSync(`/proc/${child.pid}/fdinfo`).flatMap((fd) => {
      const id = /^prog_id:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/fdinfo/${fd}`, 'utf8'))?.[1];
      return id === undefined ? [] : [id];
    });
    expect(ids.length).toBeGreaterThan(3);
    const ended = exit(child);
    child.kill('SIGKILL');
    await ended;
    // The kernel frees programs after a grace period of its own.
    const end = Date.now() + 10_000;
    const alive = (): string[] => ids.filter((id) => spawnSync('bpftool', ['prog', 'show', 'id', id]).status === 0);
    while (alive().length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(alive()).toEqual([]);
  });
});

const tmux = spawnSync('tmux', ['-V']).status === 0;
const plugin = existsSync(join(ROOT, 'plugin/build/types/workbench/server/main.js'));

describe.skipIf(!built || !root || !tmux || !plugin)('npm start on a terminal (needs root, tmux and a build)', () => {
  const SOCKET = `bpfscope-test-${process.pid}`;
  const run = (...words: string[]): string => spawnSync('tmux', ['-L', SOCKET, ...words], { encoding: 'utf8' }).stdout;
  const screen = (): string => run('capture-pane', '-p');
  const until = async (pattern: RegExp): Promise<string> => {
    const end = Date.now() + 40_000;
    while (!pattern.test(screen())) {
      if (Date.now() > end) throw new Error(`the screen never showed ${pattern}:\n${screen()}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return screen();
  };
  afterEach(() => void run('kill-server'));

  it('prints two addresses, draws this kernel, and at Ctrl-C ends with 0 and nothing left', async () => {
    const env = `NO_COLOR=1 BPFSCOPE_TOKEN_FILE=${folder}/state/tokens BPFSCOPE_PORT=0 BPFSCOPE_WORKBENCH_PORT=0`;
    const command = `cd ${ROOT}; ${env} ${process.execPath} scripts/start.mjs; echo "ended with $?"; read -r _`;
    run('new-session', '-d', '-x', '100', '-y', '30', command);
    const first = await until(/Workbench: http:\/\/localhost:\d+/);
    const agent = /Agent: +(http:\/\/127\.0\.0\.1:\d+)/.exec(first)?.[1] ?? '';
    expect((await fetch(`${agent}/healthz`)).status).toBe(200);
    const picture = await until(/µs │[ ░▒▓█·]*[░▒▓█]/);
    expect(picture).toMatch(/Run queue latency: [\d,]+ in the last second/);
    const rows = picture.split('\n').filter((line) => line.includes('│'));
    expect(rows.length).toBeGreaterThan(3);
    for (const line of picture.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
    run('send-keys', 'C-c');
    await until(/ended with 0/);
    await expect(fetch(`${agent}/healthz`)).rejects.toThrow();
  });
});
