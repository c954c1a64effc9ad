/** The command line as a process: from the sources, by bun (Node 20 does not strip types). */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Asked of the one script that knows where npm put it. */
const bunPath = (): string =>
  execFileSync(process.execPath, [join(root, 'scripts', 'bun-path.mjs')], { encoding: 'utf8' }).trim();

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Everything is attached. */
  readonly attached: Promise<void>;
  readonly finished: Promise<Finished>;
}

/** A dd with a name of its own, so that no other dd on this host is counted. */
export const DD = `dd${process.pid}`;
export const DD_PATH = join(mkdtempSync(join(tmpdir(), 'bpfscope-dd-')), DD);
symlinkSync('/bin/dd', DD_PATH);

const NOTIFY = '__BPFTRACE_NOTIFY_PROBES_ATTACHED';

export interface CliOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A program and its options that run the command: setpriv. */
  readonly by?: readonly string[];
}

/** Starts `bpfscope ...words`. stdout is without the line that tells of the attachment. */
export function startCli(words: readonly string[], options: CliOptions = {}): Running {
  const entry = join(root, 'agent/src/cli/entry.ts');
  const [program = '', ...rest] = [...(options.by ?? []), bunPath(), '--conditions', 'source', entry, ...words];
  const child = spawn(program, rest, {
    env: { ...process.env, [NOTIFY]: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (data) => (stderr += data));
  const attached = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      stdout += data;
      if (stdout.includes(NOTIFY)) resolve();
    });
    child.once('close', () => resolve());
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout: stdout.replace(`${NOTIFY}\n`, ''), stderr }));
  });
  return { child, attached, finished };
}

export function runCli(words: readonly string[], options: CliOptions = {}): Promise<Finished> {
  return startCli(words, options).finished;
}

/** Runs a command to its end. */
export function run(command: string, words: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: 'ignore' });
    child.once('error', reject);
    child.once('close', resolve);
  });
}
