/** -c: a child that becomes the command and stands still in front of its first instruction until everything is attached. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { stopAtExec, stopped } from './exec-stop.ts';
import { UsageError } from '../usage-error.ts';

/** Found now: the shell in between could only say so when the query is already attached. */
function isExecutable(word: string): boolean {
  const folders = word.includes('/') ? [''] : (process.env['PATH'] ?? '/usr/bin:/bin').split(':');
  return folders.some((folder) => {
    try {
      const path = folder === '' ? word : join(folder, word);
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}

export class TracedChild {
  readonly pid: number;
  readonly #process: ChildProcess;
  #ended = false;
  #stopped = false;
  onEnd: (() => void) | null = null;

  private constructor(process: ChildProcess, pid: number) {
    this.#process = process;
    this.pid = pid;
    process.on('exit', () => {
      this.#ended = true;
      this.onEnd?.();
    });
  }

  /** The words of `command` are split at blanks, as bpftrace does. Resolves when the command stands still. */
  static async start(command: string): Promise<TracedChild> {
    const words = command.split(' ').filter((word) => word !== '');
    if (!isExecutable(words[0] ?? '')) throw new UsageError(`cannot run '${command}': no such command`);
    // A shell holds the place: it reads a line from the pipe and execs, so that pid stays what the query was given.
    const process = spawn('/bin/sh', ['-c', 'read -r go <&3 || exit 1; exec "$@" 3<&-', 'sh', ...words], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    });
    if (process.pid === undefined) throw new Error(`cannot start ${command}`);
    const child = new TracedChild(process, process.pid);
    const stop = await stopAtExec(child.pid);
    if (stop === null) return child;
    // What the shell does to become the command is not the command's: it is over before the query begins.
    child.#release();
    await stopped(child.pid);
    stop.close();
    child.#stopped = true;
    return child;
  }

  get ended(): boolean {
    return this.#ended;
  }

  go(): void {
    if (this.#stopped) this.#process.kill('SIGCONT');
    else this.#release();
  }

  #release(): void {
    const pipe = this.#process.stdio[3];
    if (pipe !== null && pipe !== undefined && 'write' in pipe) pipe.end('go\n');
  }

  /** Ends the child when the query ends first. */
  end(): void {
    if (this.#ended) return;
    this.#process.kill('SIGTERM');
    // A process that stands still would only see it when it goes on.
    if (this.#stopped) this.#process.kill('SIGCONT');
  }
}
