/** Stacks of a program without frame pointers, walked in the kernel by tables of .eh_frame. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aluImm, assemble, exit, loadImm64, R0, R1 } from '@bpfscope/native/asm';
import { ElfFile, ElfSymbols } from '@bpfscope/native/elf';
import { attachUprobe } from '@bpfscope/native/link';
import { Program } from '@bpfscope/native/prog';
import { UserSymbols } from '@bpfscope/native/symbols';
import { Scope } from '@bpfscope/native/sys';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { BPF_PSEUDO_MAP_FD, ProgType } from '@bpfscope/native/uapi';
import { programBtf } from '@bpfscope/native/btf';
import { UnwindMaps } from '@bpfscope/native/unwind';
import { startCli } from './cli.ts';
import { makeWalker, STACK, StackEnd } from '@bpfscope/native/unwind/walk';

/** Frames of several kinds: large, of unknown size (which takes rbp), behind a pointer, in a library, in a signal handler. */
const SOURCE = `
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <alloca.h>
#define NOINLINE __attribute__((noinline, noipa))
volatile long sink;
NOINLINE void leaf(long n) { sink += n; }
NOINLINE void gamma_(long n) { char big[3000]; memset(big, n, sizeof big); leaf(n); sink += big[n]; }
NOINLINE void beta(long n) { char *some = alloca(n * 16 + 100); memset(some, 1, n); gamma_(n); sink += some[0]; }
NOINLINE int alpha(const void *a, const void *b) { beta(7); sink++; return 0; }
NOINLINE void sorted(void) { int numbers[2] = {2, 1}; qsort(numbers, 2, sizeof *numbers, alpha); sink++; }
NOINLINE void handler(int number) { leaf(number); sink++; }
NOINLINE void raises(void) { raise(SIGUSR1); sink++; }
NOINLINE void deep(long n) { if (n == 0) leaf(0); else { deep(n - 1); sink++; } }
int main(int argc, char **argv) {
  signal(SIGUSR1, handler);
  for (int what; (what = getchar()) != EOF;) {
    if (what == 's') sorted();
    if (what == 'r') raises();
    if (what == 'd') deep(300);
    if (what == '\\n') { puts("done"); fflush(stdout); }
  }
  return 0;
}
`;

const usable = process.getuid?.() === 0 && process.arch === 'x64' && hasTool('gcc');

describe.skipIf(!usable)('unwinding without frame pointers (needs root, x86-64 and gcc)', () => {
  const shop = new Workshop();
  afterAll(() => shop.close());
  beforeAll(() => {
    shop.write('a.c', SOURCE);
    shop.run('gcc', '-O2', '-fomit-frame-pointer', '-o', 'program', 'a.c');
  });

  const scope = new Scope();
  let child: ChildProcess | null = null;
  afterEach(() => {
    child?.kill('SIGKILL');
    scope.close();
  });

  /** The names of the stack when `leaf` is entered, innermost first, and why it ended. */
  const walk = async (what: string, frames = 127): Promise<{ names: (string | null)[]; end: number }> => {
    const path = shop.path('program');
    const own = new Scope();
    child = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    const pid = child.pid ?? 0;
    const answer = async (text: string): Promise<void> => {
      child?.stdin?.write(text);
      await once(child?.stdout ?? process.stdin, 'data');
    };
    try {
      await answer('\n');
      const maps = own.add(UnwindMaps.create({ frames }));
      expect(maps.add(pid)?.binaries).toContain(path);
      const walker = makeWalker({
        context: R1,
        frames,
        loadMap: (register, map) => loadImm64(register, maps.map(map).fd.number, 0, BPF_PSEUDO_MAP_FD),
      });
      const { bytes, labels } = assemble([...walker.walk, aluImm('mov', R0, 0), exit(), ...walker.step]);
      const btf = programBtf([
        { name: 'walk', params: 1, slot: 0 },
        { name: walker.stepLabel.name, params: 2, slot: labels.get(walker.stepLabel) ?? 0 },
      ]);
      const program = own.add(
        Program.load({ name: 'walk', type: ProgType.BPF_PROG_TYPE_KPROBE, instructions: bytes, btf }),
      );
      const file = ElfFile.open(path);
      const offset = file.offsetOf(new ElfSymbols(file).find('leaf')[0]?.address ?? 0) ?? 0;
      file.close();
      own.add(attachUprobe(program, { path, offset, return: false, pid }));
      await answer(`${what}\n`);
      const stacks = maps.map('stack').lookup(new Uint8Array(4));
      const view = new DataView(stacks?.buffer ?? new ArrayBuffer(0));
      const symbols = new UserSymbols();
      const each = (stacks?.length ?? 0) / maps.map('stack').cpus;
      for (let base = 0; base < (stacks?.length ?? 0); base += each) {
        const count = Number(view.getBigUint64(base + STACK.count, true));
        if (count === 0) continue;
        const names = Array.from({ length: count }, (_, index) => {
          const address = view.getBigUint64(base + STACK.frames + index * 8, true);
          return symbols.lookup(pid, address).name;
        });
        return { names, end: Number(view.getBigUint64(base + STACK.end, true)) };
      }
      throw new Error('leaf was not entered');
    } finally {
      own.close();
      child.kill('SIGKILL');
    }
  };

  it('walks through large and variable frames, a library and back to the start', async () => {
    const { names, end } = await walk('s');
    expect(names.slice(0, 4)).toEqual(['leaf', 'gamma_', 'beta', 'alpha']);
    const rest = names.slice(4).filter((name) => name !== null);
    expect(rest.indexOf('sorted')).toBeGreaterThan(0);
    expect(rest.slice(rest.indexOf('sorted'))).toEqual(expect.arrayContaining(['sorted', 'main', '_start']));
    expect(names.at(-1)).toBe('_start');
    expect(end).toBe(StackEnd.COMPLETE);
  });

  it('walks out of a signal handler', async () => {
    const { names, end } = await walk('r');
    expect(names.slice(0, 2)).toEqual(['leaf', 'handler']);
    const known = names.filter((name) => name !== null);
    expect(known.slice(known.indexOf('raises'))).toEqual(expect.arrayContaining(['raises', 'main', '_start']));
    expect(end).toBe(StackEnd.COMPLETE);
  });

  it('ends where it has as many frames as asked for', async () => {
    const { names, end } = await walk('d', 20);
    expect(names).toEqual(['leaf', ...Array<string>(19).fill('deep')]);
    expect(end).toBe(StackEnd.FULL);
  });

  it('is dw_ustack of the language, counted by stack', async () => {
    const path = shop.path('program');
    child = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin?.write('\n');
    await once(child.stdout ?? process.stdin, 'data');
    const query =
      'config = { unstable_dw_ustack = enable } ' +
      `uprobe:${path}:leaf { @[dw_ustack(4)] = count(); @n = len(dw_ustack); }`;
    const running = startCli(['run', '-q', '-p', String(child.pid), '-e', query]);
    await running.attached;
    const called = once(child.stdout ?? process.stdin, 'data');
    child.stdin?.write('sss\n');
    await called;
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.finished;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/@\[\s+leaf\+0\s+gamma_\+\d+\s+beta\+\d+\s+alpha\+\d+\s+\]: 3\n/);
    expect(stdout).toMatch(/@n: 1\d\n/);
  });
});
