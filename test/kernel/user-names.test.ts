/** Names of user addresses in processes that ended long before anybody asked. */
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { runCli } from './cli.ts';

const root = process.getuid?.() === 0;

describe.skipIf(!root)('names of processes that ended (needs root)', () => {
  it('knows a program that lived for a millisecond by what it mapped', async () => {
    const program = 'uprobe:libc:exit /pid == cpid/ { @u[usym(reg("ip"))] = count(); @f[func] = count(); }';
    const { code, stdout } = await runCli(['run', '-q', '-c', '/bin/true', '-e', program]);
    expect(code).toBe(0);
    expect(stdout).toContain('@u[exit]: 1\n');
    expect(stdout).toContain('@f[exit]: 1\n');
  });

  it.skipIf(availableParallelism() < 2)(
    'knows which of its programs came last, on whatever CPUs they ran',
    async () => {
      const program = 'uprobe:libc:exit /pid == cpid/ { @u[usym(reg("ip"))] = count(); }';
      const command = 'taskset 2 taskset 1 /bin/true';
      const { stdout } = await runCli(['run', '-q', '-c', command, '-e', program]);
      expect(stdout).toContain('@u[exit]: 1\n');
    },
  );

  it('names what is printed, too', async () => {
    const program = 'uprobe:libc:exit /pid == cpid/ { printf("at %s\\n", usym(reg("ip"))); }';
    const { stdout } = await runCli(['run', '-q', '-c', '/bin/true', '-e', program]);
    expect(stdout).toContain('at exit\n');
  });
});

const SOURCE = `
#include <sys/syscall.h>
volatile long sink;
__attribute__((noinline)) void nothing(void) { sink++; }
__attribute__((noinline)) void asks(void) {
  long number = SYS_getppid, answer;
  __asm__ volatile("syscall" : "=a"(answer) : "a"(number) : "rcx", "r11", "memory");
  nothing();
  sink += answer;
}
static inline __attribute__((always_inline)) void middle(void) {
  sink++;
  asks();
  sink++;
}
__attribute__((noinline)) void outer(void) {
  sink--;
  middle();
  sink--;
}
int main(void) {
  outer();
  nothing();
  return 0;
}
`;

describe.skipIf(!root || process.arch !== 'x64' || !hasTool('gcc'))(
  'debugging information (needs root and gcc)',
  () => {
    const shop = new Workshop();
    afterAll(() => shop.close());
    beforeAll(() => {
      shop.write('a.c', SOURCE);
      shop.run('gcc', '-g', '-O1', '-fno-omit-frame-pointer', '-o', 'program', 'a.c');
    });

    const stacks = async (settings: string, stack: string): Promise<string[]> => {
      const query = `config = { ${settings} } tracepoint:syscalls:sys_enter_getppid /comm == "program"/ { @[${stack}] = count(); }`;
      const { stdout } = await runCli(['run', '-q', '-c', shop.path('program'), '-e', query]);
      return stdout.split('\n').map((line) => line.trim().replaceAll(shop.folder, ''));
    };

    it('shows source lines, and functions that were put into others', async () => {
      const lines = await stacks('', 'ustack');
      const first = lines.findIndex((line) => line.startsWith('asks+'));
      expect(lines.slice(first, first + 4).map((line) => line.replace(/\+\d+/, ''))).toEqual([
        'asks /a.c:7',
        'middle (inlined) /a.c:13',
        'outer /a.c:18',
        'main /a.c:22',
      ]);
    });

    it('shows no lines in the mode of perf, and neither when it is told so', async () => {
      const perf = await stacks('', 'ustack(perf)');
      expect(perf.find((line) => line.includes('middle'))).toMatch(/^[0-9a-f]+ middle \(inlined\)$/);
      const plain = (await stacks('show_debug_info = false', 'ustack')).join('\n');
      expect(plain).toMatch(/asks\+\d+\nouter\+\d+\nmain\+\d+\n/);
    });

    it('says which stacks end too early, and why', async () => {
      // The frame pointer is used for something else, as compilers do.
      const used = SOURCE.replace('"rcx", "r11", "memory"', '"rcx", "r11", "rbp", "memory"').replace(
        'void asks(void) {',
        'void asks(void) {\n  __asm__ volatile("xor %%ebp, %%ebp" ::: "rbp");',
      );
      shop.write('b.c', used);
      shop.run('gcc', '-O1', '-o', 'program', 'b.c');
      const query = 'tracepoint:syscalls:sys_enter_getppid /comm == "program"/ { @[ustack] = count(); }';
      const words = ['run', '-q', '-c', shop.path('program'), '-e', query];
      const text = await runCli(words);
      expect(text.stderr).toContain(
        `WARNING: 1 sample with a user stack that ends after one frame: ${shop.path('program')} keeps no frame pointers.`,
      );
      const lines = (await runCli([...words, '-f', 'ndjson'])).stdout.trim().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'notice', code: 'stacks-broken', samples: 1 });
    });
  },
);
