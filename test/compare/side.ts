/** One of the two: runs a program to its end and says what it wrote. */
import { spawn } from 'node:child_process';

export interface Program {
  readonly text: string;
  /** More command line. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  /** Said no, before anything ran. */
  readonly refused: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export type Side = (program: Program) => Promise<Outcome>;

const TIMEOUT = 20_000;

export const side =
  (command: string, words: readonly string[]): Side =>
  ({ text, args, env }) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, [...words, '-q', '-e', text, ...args], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: TIMEOUT,
        // Versions that wait for a packet do not listen to a friendlier one.
        killSignal: 'SIGKILL',
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (data: Buffer) => out.push(data));
      child.stderr.on('data', (data: Buffer) => err.push(data));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        const stdout = Buffer.concat(out).toString();
        const stderr = Buffer.concat(err)
          .toString()
          .replace(/^.*RLIMIT_MEMLOCK.*\n/m, '');
        resolve({
          refused: code !== 0 && stdout.trim() === '',
          stdout,
          stderr: signal === null ? stderr : `${stderr}ended by ${signal}\n`,
        });
      });
    });
