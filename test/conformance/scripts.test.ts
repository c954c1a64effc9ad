/** Scripts of the kind people have: run where this host has their probes, else compiled to the end. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const EXECUTABLE = process.env['BPFSCOPE'] ?? join(import.meta.dirname, '..', '..', 'build', 'bpfscope');
const FOLDER = join(import.meta.dirname, 'scripts');

interface Expected {
  /** More of the command line: parameters. */
  readonly words?: readonly string[];
  readonly out: readonly RegExp[];
}

/** Scripts whose probes every host has. */
const RUN: Readonly<Record<string, Expected>> = {
  'block-latency.bt': { out: [/^Tracing block/, /^\d\d:\d\d:\d\d$/m] },
  'exec-snoop.bt': { out: [/^MS {9}PID {5}ARGS$/m] },
  'kill-snoop.bt': { out: [/^TIME {6}PID {4}COMM/] },
  'malloc-user.bt': { out: [/^true$/m] },
  'names.bt': { out: [/^HIGH 2 root\nvfs_read 2001:db8::1\n24 8\nbye\n/, /@squares\[2\]: 4\n/, /@twice: 2\n/] },
  'open-snoop.bt': { out: [/^TIME {5}PID {4}COMM {15}FD ERR PATH$/m, /^\d\d:\d\d:\d\d \d+ +.{16} +-?\d+ +\d+ \S*/m] },
  'run-queue.bt': { out: [/^done$/m] },
  'sample.bt': { out: [/^[01]%$/m] },
  'syscall-count.bt': {
    words: ['0'],
    out: [/^Counting syscalls of pid 0/, /^@calls\[.*\]: \d+$/m, /^@ns\[.*\]: \d+$/m],
  },
};

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly failed: boolean;
}

function run(words: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(EXECUTABLE, ['run', ...words], { timeout: 20_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, failed: error !== null });
    });
  });
}

describe.runIf(process.getuid?.() === 0).concurrent('scripts', () => {
  it.each(readdirSync(FOLDER))('%s', async (file) => {
    const expected = RUN[file];
    const words = expected === undefined ? ['-d', 'asm', join(FOLDER, file)] : ['-q', join(FOLDER, file)];
    const { stdout, stderr, failed } = await run([...words, ...(expected?.words ?? [])]);
    expect(failed, stderr).toBe(false);
    expect(stderr).not.toMatch(/ERROR/);
    for (const pattern of expected?.out ?? [/\bexit\b/]) expect(stdout).toMatch(pattern);
  });
});
