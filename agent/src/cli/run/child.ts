/** -c: a child that stands still until everything is attached, and is the command from then on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { stopAtExec, stopped } from './exec-stop.ts';
import { UsageError } from '../usage-error.ts';

/** Where the command lies, or null. Found now: the shell could only say so when the query is already attached. */
function executable(word: string): string | null {
  const folders = word.includes('/') ? [''] : (process.env['PATH'] ?? '/usr/bin:/bin').split(':');
  const isProgram = (path: string): boolean => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  };
  return folders.map((folder) => (folder === '' ? word : join(folder, word))).find(isProgram) ?? null;
}

export class TracedChild {
  readonly pid: number;
  readonly #process: ChildProcess;
  #ended = false;
  onEnd: (() => void) | null = null;

  private constructor(process: ChildProcess, pid: number) {
    this.#process = process;
    this.pid = pid;
    process.on('exit', () => {
      this.#ended = true;
      this.onEnd?.();
    });
  }

  /**
   * The words of `command` are split at blanks, as bpftrace does. Resolves when the child stands still: in front of its
   * execve, which the query sees as the command's first system call, or with `mapped` behind it, so that what the query
   * asks of the process's files can be answered.
   */
  static async start(command: string, mapped: boolean): Promise<TracedChild> {
    const [word = '', ...args] = command.split(' ').filter((part) => part !== '');
    const path = executable(word);
    if (path === null) throw new UsageError(`cannot run '${command}': no such command`);
    // A shell holds the place and keeps its pid: it stops itself, and what it does next is the execve.
    const process = spawn('/bin/sh', ['-c', 'kill -STOP $$; exec "$@"', 'sh', path, ...args], { stdio: 'inherit' });
    if (process.pid === undefined) throw new Error(`cannot start ${command}`);
    const child = new TracedChild(process, process.pid);
    await stopped(child.pid);
    if (mapped) await child.#passExec();
    return child;
  }

  get ended(): boolean {
    return this.#ended;
  }

  go(): void {
    this.#process.kill('SIGCONT');
  }

  async #passExec(): Promise<void> {
    const stop = await stopAtExec(this.pid);
    if (stop === null) return;
    this.go();
    await stopped(this.pid);
    stop.close();
  }

  /** Ends the child when the query ends first. */
  end(): void {
    if (this.#ended) return;
    this.#process.kill('SIGTERM');
    // A process that stands still only sees it when it goes on.
    this.go();
  }
}
