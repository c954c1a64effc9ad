/** Names in processes that ended with what their names came from: containers, compilers at run time. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { innerPidOf, readMemoryMap } from '@bpfscope/native/procfs';
import { UserSymbols } from '@bpfscope/native/symbols';
import { hasTool, Workshop } from '@bpfscope/native/testing';

const root = process.getuid?.() === 0;
const shop = new Workshop();
afterAll(() => shop.close());

/** Its map names `namedFunction` before it says that it is up. */
const SCRIPT = `
function namedFunction(n) { return n + 1; }
for (let i = 0; i < 10; i++) namedFunction(i);
console.log('up');
process.stdin.resume();
`;
const NODE = [process.execPath, '--perf-basic-prof', '-e', SCRIPT];

const PROGRAM = `
#include <stdio.h>
int inside_function(void) { return 3; }
int main(void) {
  puts("up");
  fflush(stdout);
  return getchar() + inside_function();
}
`;

/** Runs until `end`; `command` becomes the program by exec. */
async function start(command: readonly string[]): Promise<{ pid: number; end: () => Promise<void> }> {
  const [program = '', ...words] = command;
  const child: ChildProcess = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  if (child.stdout !== null) await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** In a mount namespace of its own, with an empty folder that others do not see. */
const elsewhere = (folder: string, command: string, ...words: string[]): string[] => [
  'unshare',
  ...['-m', 'sh', '-c', `mount -t tmpfs none ${folder} && ${command}`, 'sh', ...words],
];

describe.skipIf(!root)('names in processes that ended (needs root)', () => {
  const addressIn = (map: string): number => {
    const line = readFileSync(map, 'utf8')
      .split('\n')
      .find((each) => each.includes('namedFunction'));
    return Number.parseInt(line?.split(' ')[0] ?? '', 16);
  };

  it('come from the perf map that it left', async () => {
    const symbols = new UserSymbols();
    const { pid, end } = await start(NODE);
    const map = `/tmp/perf-${pid}.map`;
    try {
      // Its mappings are known, its map is not.
      expect(symbols.lookup(pid, 16).reason).toBe('unmapped');
      const address = addressIn(map);
      await end();
      expect(symbols.lookup(pid, address).name).toContain('namedFunction');
      const late = new UserSymbols();
      expect(late.lookup(pid, address)).toMatchObject({ name: null, reason: 'exited' });
    } finally {
      await end();
      rmSync(map, { force: true });
    }
  });

  it('come from the perf map of another mount namespace, read while it ran', async () => {
    const symbols = new UserSymbols();
    const { pid, end } = await start(elsewhere('/tmp', 'exec "$@"', ...NODE));
    try {
      expect(symbols.capture(pid)).toBe(true);
      const address = addressIn(`/proc/${pid}/root/tmp/perf-${innerPidOf(pid)}.map`);
      expect(readdirSync('/tmp')).not.toContain(`perf-${pid}.map`);
      await end();
      expect(symbols.lookup(pid, address)).toMatchObject({
        name: expect.stringContaining('namedFunction') as string,
        module: '[jit]',
      });
    } finally {
      await end();
    }
  });

  const FOLDER = shop.path('folder');
  const COPY = `cp ${shop.path('program')} ${FOLDER}/copy`;
  it.skipIf(!hasTool('gcc')).each([
    ['in a mount namespace', elsewhere(FOLDER, `${COPY} && exec ${FOLDER}/copy`)],
    ['behind chroot', elsewhere(FOLDER, `${COPY} && exec chroot ${FOLDER} /copy`)],
    ['deleted', ['sh', '-c', `${COPY} && exec ${FOLDER}/copy`]],
  ])('come from the program that ended with it: %s', async (kind, words) => {
    mkdirSync(FOLDER, { recursive: true });
    shop.write('program.c', PROGRAM);
    shop.run('gcc', '-static', '-o', 'program', 'program.c');
    const { pid, end } = await start(words);
    const symbols = new UserSymbols();
    try {
      if (kind === 'deleted') rmSync(`${FOLDER}/copy`);
      symbols.capture(pid);
      symbols.look();
      const range = readMemoryMap(pid)?.find(({ executable, path }) => executable && path.endsWith('/copy'));
      await end();
      const names = new Set<string | null>();
      for (let at = range?.start ?? 0; at < (range?.end ?? 0); at += 8) names.add(symbols.lookup(pid, at).name);
      expect(names).toContain('inside_function');
    } finally {
      await end();
    }
  });
});
