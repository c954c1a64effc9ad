/** What the tables for dw_ustack cover, as processes come and go, and what is said where they do not. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UnwindProcesses } from '@bpfscope/agent/engine';
import { BpfMap } from '@bpfscope/native/map';
import { Scope } from '@bpfscope/native/sys';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { unwindMapSpecs } from '@bpfscope/native/unwind/walk';
import { startCli } from './cli.ts';

/** `bare` has no .eh_frame: what called it is not known. Its second call is its last: it jumps, and is not in that stack. */
const BARE = 'void leaf(long n); void bare(long n) { leaf(n); leaf(n + 1); }';
const SOURCE = `
#include <stdio.h>
#define NOINLINE __attribute__((noinline, noipa))
volatile long sink;
NOINLINE void leaf(long n) { sink += n; }
void bare(long n);
int main(void) {
  for (int what; (what = getchar()) != EOF;) {
    if (what == 'b') bare(1);
    if (what == '\\n') { puts("done"); fflush(stdout); }
  }
  return 0;
}
`;
const NEVER = 2 ** 31 - 1;
/** A busy machine is no reason to fail. */
const PATIENT = { timeout: 30_000, interval: 20 };
const NAMES = ['processes', 'mappings', 'rows', 'rules', 'stack'] as const;
const PLACES = { processes: 0, mappings: 1, rows: 2, rules: 3, stack: 4 };

const usable = process.getuid?.() === 0 && process.arch === 'x64' && hasTool('gcc');

describe.skipIf(!usable)('tables for dw_ustack (needs root, x86-64 and gcc)', () => {
  const shop = new Workshop();
  beforeAll(() => {
    shop.write('a.c', SOURCE);
    shop.write('b.c', BARE);
    shop.run('gcc', '-O2', '-c', '-fomit-frame-pointer', '-fno-asynchronous-unwind-tables', '-o', 'b.o', 'b.c');
    shop.run('gcc', '-O2', '-fomit-frame-pointer', '-o', 'program', 'a.c', 'b.o');
  });
  afterAll(() => shop.close());

  let scope = new Scope();
  let child: ChildProcess | null = null;
  afterEach(() => {
    child?.stdin?.end();
    child?.kill('SIGKILL');
    scope.close();
    scope = new Scope();
  });

  const make = (
    room: { processes?: number; rows?: number },
    only: number | null,
  ): { processes: UnwindProcesses; has: (pid: number) => boolean } => {
    const specs = unwindMapSpecs(room);
    const maps = NAMES.map((name) => scope.add(BpfMap.create(specs[name])));
    const processes = scope.add(new UnwindProcesses(PLACES, maps, only, NEVER));
    const keyOf = (pid: number): Uint8Array => new Uint8Array(Uint32Array.of(pid).buffer);
    return { processes, has: (pid) => maps[0]?.lookup(keyOf(pid)) !== null };
  };
  const starts = async (program: string, ...words: string[]): Promise<number> => {
    child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child, 'spawn');
    return child.pid ?? 0;
  };

  it('cover one process and its children when a query is about it, from their start on', async () => {
    const pid = await starts('/bin/sh', '-c', `exec 3<&0; read x; ${shop.path('program')} <&3 & echo $!; wait`);
    const { processes, has } = make({}, pid);
    await processes.start();
    expect([has(pid), has(process.pid)]).toEqual([true, false]);
    child?.stdin?.write('\n');
    const [line] = (await once(child?.stdout ?? process.stdin, 'data')) as [Buffer];
    await expect.poll(() => has(Number(line.toString())), PATIENT).toBe(true);
    expect(processes.notices()).toEqual([]);
  });

  it('cover a process that starts while all are covered', async () => {
    const { processes, has } = make({}, null);
    await processes.start();
    expect(has(process.pid)).toBe(true);
    const pid = await starts(shop.path('program'));
    await expect.poll(() => has(pid), PATIENT).toBe(true);
  });

  it('say how many processes they have no room for', async () => {
    const { processes } = make({ processes: 1 }, null);
    await processes.start();
    const [notice] = processes.notices();
    expect(notice?.code).toBe('unwind-processes');
    expect(notice?.samples).toBeGreaterThan(0);
    expect(notice?.text).toMatch(/^\d+ process(es have| has) no tables for dw_ustack: there is room for 1\. /);
  });

  it('say which binaries they have no room for', async () => {
    const pid = await starts(shop.path('program'));
    child?.stdin?.write('\n');
    await once(child?.stdout ?? process.stdin, 'data');
    const { processes } = make({ rows: 100 }, pid);
    await processes.start();
    const [notice] = processes.notices();
    expect(notice?.code).toBe('unwind-binaries');
    expect(notice?.text).toMatch(/^\d+ binar.* no table for dw_ustack \(.*libc.*\): there is room for 100 rows/);
  });

  it('say how many stacks ended early, and where', async () => {
    const path = shop.path('program');
    const pid = await starts(path);
    child?.stdin?.write('\n');
    await once(child?.stdout ?? process.stdin, 'data');
    const query = `config = { unstable_dw_ustack = enable } uprobe:${path}:leaf { @[dw_ustack] = count(); }`;
    const running = startCli(['run', '-q', '-p', String(pid), '-e', query]);
    await running.attached;
    const called = once(child?.stdout ?? process.stdin, 'data');
    child?.stdin?.write('bb\n');
    await called;
    running.child.kill('SIGINT');
    const { stderr, stdout } = await running.finished;
    expect(stdout).toMatch(/@\[\s+leaf\+0\s+bare\+\d+\s+\]: 2\n/);
    expect(stderr).toBe(
      'WARNING: 2 of 4 stacks of dw_ustack ended early: 2 at places that .eh_frame does not describe.\n',
    );
  });
});
