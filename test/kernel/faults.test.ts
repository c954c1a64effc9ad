/**
 * What happens to the traced meanwhile: its file is replaced or deleted, it exits. Runs go on or say so. CPUs go away in
 * the virtual machines (test/vm/cases/cpus.ts): this machine is not ours alone.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Engine, hostTarget } from '@bpfscope/agent/engine';
import type { Answer } from '@bpfscope/agent/protocol';
import { backgroundCloses, openHandles } from '@bpfscope/native/sys';

const root = process.getuid?.() === 0;
/** Calls `work` once for each line it reads, and answers. */
const SOURCE = `#include <stdio.h>
__attribute__((noinline)) int work(int n) { __asm__ volatile("" ::: "memory"); return n + 1; }
int main(void) {
  char line[64];
  int n = 0;
  puts("ready"); fflush(stdout);
  while (fgets(line, sizeof line, stdin)) { n = work(n); printf("%d\\n", n); fflush(stdout); }
  return 0;
}
`;

let folder: string;
let engine: Engine;
let child: ChildProcess;

/** Resolves with the next line that the child prints. */
const line = (): Promise<string> =>
  new Promise((resolve) => child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim())));

async function work(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const answered = line();
    child.stdin?.write('x\n');
    await answered;
  }
}

async function startChild(path: string): Promise<void> {
  child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
  await line();
}

async function endChild(): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
}

async function start(query: string): Promise<string> {
  engine = new Engine({ target: hostTarget, stepMs: 100 });
  const result = await engine.start({ query });
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.run.id;
}

const answer = (id: string): Answer => engine.answer(id, { from: Date.now() - 60_000, to: Date.now() + 1000 });

function counted(id: string): number {
  const output = engine.totals(id)[0];
  return output?.kind === 'counter' ? output.series.reduce((sum, { values }) => sum + Number(values[0] ?? 0), 0) : -1;
}

describe.skipIf(!root)('changes to what is traced (needs root)', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bpfscope-faults-'));
    writeFileSync(join(folder, 'work.c'), SOURCE);
    execFileSync('cc', ['-O1', '-o', join(folder, 'original'), join(folder, 'work.c')]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    engine.close();
    if (child.exitCode === null) await endChild();
    await backgroundCloses();
    expect(openHandles()).toEqual([]);
  });

  const binary = (name: string): string => {
    const path = join(folder, name);
    copyFileSync(join(folder, 'original'), path);
    return path;
  };

  it('counts on in a process whose binary was deleted', async () => {
    const path = binary('deleted');
    await startChild(path);
    const id = await start(`uprobe:${path}:work { @ = count(); }`);
    await work(3);
    unlinkSync(path);
    await work(4);
    expect(counted(id)).toBe(7);
    expect(engine.get(id)?.state).toBe('running');
    expect(answer(id).notices).toEqual([]);
  });

  it('counts on in a process whose binary was replaced, and a new query counts in the new one', async () => {
    const path = binary('replaced');
    await startChild(path);
    const id = await start(`uprobe:${path}:work { @ = count(); }`);
    await work(2);
    renameSync(binary('newer'), path);
    await work(3);
    expect(counted(id)).toBe(5);
    await endChild();
    await startChild(path);
    const before = engine;
    const second = await start(`uprobe:${path}:work { @new = count(); }`);
    await work(6);
    expect(counted(second)).toBe(6);
    engine.close();
    engine = before;
    expect(counted(id)).toBe(5);
  });

  it('goes on when the process it looks at exits', async () => {
    const path = binary('exits');
    await startChild(path);
    const id = await start(`uprobe:${path}:work /pid == ${child.pid}/ { @[comm, ustack] = count(); }`);
    await work(5);
    // Its mappings are remembered when a sample first finds it.
    await new Promise<void>((resolve) => {
      const leave = engine.watch(id, () => {
        leave();
        resolve();
      });
    });
    await endChild();
    await expect.poll(() => counted(id)).toBe(5);
    expect(engine.get(id)?.state).toBe('running');
    expect(JSON.stringify(engine.totals(id)[0])).toMatch(/"work(\+\d+)?"/);
  });

  it('says of a binary that is gone before it is traced what is wrong', async () => {
    const path = binary('gone');
    await startChild(path);
    unlinkSync(path);
    engine = new Engine({ target: hostTarget, stepMs: 100 });
    const result = await engine.start({ query: `uprobe:${path}:work { @ = count(); }` });
    expect(result.ok).toBe(false);
    expect(result.diagnostics[0]?.message).toContain(path);
  });
});
