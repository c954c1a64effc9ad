/** -c: a child that waits until everything is attached, then becomes the command. */
import { spawn, type ChildProcess } from 'node:child_process';

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

  /** The words of `command` are split at blanks, as bpftrace does. */
  static start(command: string): TracedChild {
    const words = command.split(' ').filter((word) => word !== '');
    // A shell holds the place: it reads a line from the pipe and execs, so that pid stays what the query was given.
    const process = spawn('/bin/sh', ['-c', 'read -r go <&3 || exit 1; exec "$@" 3<&-', 'sh', ...words], {
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    });
    if (process.pid === undefined) throw new Error(`cannot start ${command}`);
    return new TracedChild(process, process.pid);
  }

  get ended(): boolean {
    return this.#ended;
  }

  go(): void {
    const pipe = this.#process.stdio[3];
    if (pipe !== null && pipe !== undefined && 'write' in pipe) pipe.end('go\n');
  }

  /** Ends the child when the query ends first. */
  end(): void {
    if (!this.#ended) this.#process.kill('SIGTERM');
  }
}
