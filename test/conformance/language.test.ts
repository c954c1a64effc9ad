/** The language as people use it: each program is compiled, verified and run by the kernel through the command line. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Case } from './case.ts';
import { SUBJECTS } from './cases/index.ts';

const EXECUTABLE = process.env['BPFSCOPE'] ?? join(import.meta.dirname, '..', '..', 'build', 'bpfscope');

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

function run(one: Case): Promise<Finished> {
  const args = ['run', '-q', '-e', one.program, ...(one.args ?? [])];
  return new Promise((resolve) => {
    execFile(EXECUTABLE, args, { timeout: 20_000, env: { ...process.env, ...one.env } }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1 });
    });
  });
}

describe.runIf(process.getuid?.() === 0)('language', () => {
  it('has the executable (npm run build)', () => expect(existsSync(EXECUTABLE)).toBe(true));

  for (const [subject, cases] of Object.entries(SUBJECTS)) {
    describe.concurrent(subject, () => {
      it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
        const { stdout, stderr, status } = await run(one);
        const told = `stdout:\n${stdout}\nstderr:\n${stderr}`;
        if (one.err !== undefined) expect(stderr, told).toMatch(one.err);
        const { out } = one;
        if (out instanceof RegExp) expect(stdout, told).toMatch(out);
        else if (out[0] instanceof RegExp) for (const pattern of out) expect(stdout, told).toMatch(pattern);
        else
          expect(
            stdout.split('\n').filter((line) => line !== ''),
            told,
          ).toEqual(out);
        expect(status, told).toBe(one.exit ?? 0);
      });
    });
  }
});
