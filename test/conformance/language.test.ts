/** The language as people use it: each program is compiled, verified and run by the kernel through the command line. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Case } from './case.ts';
import { SUBJECTS } from './cases/index.ts';

const EXECUTABLE = join(import.meta.dirname, '..', '..', 'build', 'bpfscope');

function run(one: Case) {
  const args = ['run', '-q', '-e', one.program, ...(one.args ?? [])];
  return spawnSync(EXECUTABLE, args, { encoding: 'utf8', timeout: 20_000, env: { ...process.env, ...one.env } });
}

describe.runIf(process.getuid?.() === 0)('language', () => {
  it('has the executable (npm run build)', () => expect(existsSync(EXECUTABLE)).toBe(true));

  for (const [subject, cases] of Object.entries(SUBJECTS)) {
    describe(subject, () => {
      it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
        const { stdout, stderr, status } = run(one);
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
