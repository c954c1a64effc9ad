/** Tools as people own them, in the style of the years since 2018: run on this host, or at least brought into its kernel. */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROBES, RUN } from './tools.ts';

const EXECUTABLE = process.env['BPFSCOPE'] ?? join(import.meta.dirname, '..', '..', 'build', 'bpfscope');
const FOLDER = join(import.meta.dirname, 'tools');
const PROGRAMS = join(import.meta.dirname, 'programs');
const made = mkdtempSync(join(tmpdir(), 'bpfscope-tools-'));
const probes = join(made, 'probes');
const tools = readdirSync(FOLDER).map((file) => file.replace(/\.bt$/, ''));

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** A probe that is missing is told, and the others are used: that is what these scripts grew up with. */
const env = { ...process.env, BPFTRACE_MISSING_PROBES: 'warn' };

function bpfscope(words: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(EXECUTABLE, words, { timeout: 250_000, maxBuffer: 1 << 28, env }, (error, stdout, stderr) => {
      const status = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ stdout, stderr, status });
    });
  });
}

/** What a script may be refused for: this kernel lacks something, and is said to. */
const LACKING = /None of the probes is there|The kernel has no symbol|is only declared, its fields are not known/;

describe.runIf(process.getuid?.() === 0)('tools', () => {
  beforeAll(() => {
    execFileSync('gcc', ['-O2', '-o', probes, join(PROGRAMS, 'probes.c')]);
  });

  it('are all there that are run', () => expect(tools).toEqual(expect.arrayContaining(Object.keys(RUN))));

  describe.concurrent('run', () => {
    it.each(Object.entries(RUN))('%s', async (name, { words = [], out, command }) => {
      // A file of its own, so that other tests' calls are not counted.
      const own = join(made, name);
      copyFileSync(probes, own);
      const workload = command ?? `${process.execPath} ${join(PROGRAMS, 'workload.mjs')} ${own}`;
      const parameters = words.map((word) => (word === PROBES ? own : word));
      const { stdout, stderr, status } = await bpfscope([
        ...['run', '-q', '-c', workload, join(FOLDER, `${name}.bt`)],
        ...parameters,
      ]);
      const told = `stdout:\n${stdout.slice(0, 4000)}\nstderr:\n${stderr.slice(0, 4000)}`;
      expect(stderr, told).not.toMatch(/ERROR/);
      for (const pattern of out) expect(stdout, told).toMatch(pattern);
      expect(status, told).toBe(0);
    });
  });

  it('pass the verifier, or lack what is said', { timeout: 300_000 }, async () => {
    const files = tools
      .map((name) => join(FOLDER, `${name}.bt`))
      .filter((file) => !readFileSync(file, 'utf8').includes('usdt:$1'));
    const { stdout, stderr } = await bpfscope(['check', '--attach', '--param', '1', '--param', '2', ...files]);
    const refused = [...stdout.matchAll(/^(.*): refused$/gm)].map(([, file]) => file!);
    for (const file of refused) {
      const errors = stderr.split('\n').filter((line) => line.startsWith(file) && line.includes('ERROR'));
      expect(errors.length, stderr).toBeGreaterThan(0);
      for (const error of errors) expect(error).toMatch(LACKING);
    }
    expect(stdout).toMatch(/^\d+ of \d+ scripts attached$/m);
  });
});
