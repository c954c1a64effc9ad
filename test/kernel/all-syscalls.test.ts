/** Wildcards over system calls, which are one program behind one tracepoint: every call has its name, none is counted twice. */
import { describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { DD, DD_PATH, run, startCli } from './cli.ts';

const BLOCKS = 5000;
const root = process.getuid?.() === 0;

/** Numbers by what stands between the brackets. */
const counts = (text: string): Map<string, number> =>
  new Map([...text.matchAll(/^@\w*\[(.+)\]: (\d+)$/gm)].map(([, key = '', count]) => [key, Number(count)]));

describe.runIf(root)('all system calls', () => {
  it('have the names of their tracepoints, entries and exits alike', async () => {
    const query = `tracepoint:syscalls:sys_enter_*, tracepoint:syscalls:sys_exit_* /comm == "${DD}"/ { @[probe] = count(); }`;
    const cli = startCli(['run', '-q', '-e', query]);
    await cli.attached;
    await run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${BLOCKS}`, 'status=none']);
    cli.child.kill('SIGINT');
    const { stdout, stderr } = await cli.finished;
    expect(stderr).toBe('');
    const found = counts(stdout);
    for (const way of ['enter', 'exit']) {
      expect(found.get(`tracepoint:syscalls:sys_${way}_write`)).toBe(BLOCKS);
      expect(found.get(`tracepoint:syscalls:sys_${way}_read`)).toBeGreaterThanOrEqual(BLOCKS);
      expect(found.get(`tracepoint:syscalls:sys_${way}_close`)).toBeGreaterThan(0);
    }
    expect(found.get('tracepoint:syscalls:sys_enter_exit_group')).toBe(1);
    expect(found.has('tracepoint:syscalls:sys_exit_exit_group')).toBe(false);
  });

  it('give the arguments that all of them have: as many of each as raw_syscalls sees', async () => {
    const mine = `/comm == "${DD}"/`;
    const query = [
      `tracepoint:syscalls:sys_enter_* ${mine} { @enter[args.__syscall_nr] = count(); }`,
      `tracepoint:syscalls:sys_exit_* ${mine} { @exit[args.__syscall_nr, args.ret] = count(); @sum = sum(args.ret); }`,
      `tracepoint:raw_syscalls:sys_enter ${mine} { @raw_enter[(int32)args.id] = count(); }`,
      `tracepoint:raw_syscalls:sys_exit ${mine} { @raw_exit[(int32)args.id, args.ret] = count(); @raw_sum = sum(args.ret); }`,
      `tracepoint:syscalls:sys_exit_read ${mine} { @alone[args.__syscall_nr, args.ret] = count(); }`,
    ].join('\n');
    const cli = startCli(['run', '-q', '-e', query]);
    await cli.attached;
    await run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${BLOCKS}`, 'status=none']);
    cli.child.kill('SIGINT');
    const { stdout, stderr } = await cli.finished;
    expect(stderr).toBe('');
    const map = (name: string): string[] =>
      [...stdout.matchAll(new RegExp(`^@${name}(\\[.+)$`, 'gm'))].map(([, line = '']) => line).sort();
    const one = (name: string): string | undefined => new RegExp(`^@${name}: (-?\\d+)$`, 'm').exec(stdout)?.[1];
    // The tracepoints of some calls cannot be traced one by one: what they have, raw_syscalls has too.
    expect(map('enter').length).toBeGreaterThan(5);
    expect(map('raw_enter')).toEqual(expect.arrayContaining(map('enter')));
    expect(map('exit')).toEqual(map('raw_exit'));
    expect(one('sum')).toBe(one('raw_sum'));
    expect(map('exit')).toEqual(expect.arrayContaining(map('alone')));
    expect(map('alone').length).toBeGreaterThan(0);
  });

  // The same number is another call there: 20 is getpid, and writev of 64-bit programs.
  it.runIf(process.arch === 'x64' && hasTool('gcc'))('are not those of 32-bit programs', async () => {
    const shop = new Workshop();
    try {
      shop.write(
        'a.c',
        `int main(void) { int r; for (int n = 0; n < 100; n++) __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "r8", "r9", "r10", "r11", "memory"); return r > 0 ? 0 : 1; }`,
      );
      shop.run('gcc', '-o', 'old-calls', 'a.c');
      const cli = startCli([
        ...['run', '-q', '-e'],
        'tracepoint:syscalls:sys_enter_* /comm == "old-calls"/ { @[probe] = count(); } tracepoint:raw_syscalls:sys_enter /comm == "old-calls" && args.id == 20/ { @raw = count(); }',
      ]);
      await cli.attached;
      const emulated = (await run(shop.path('old-calls'), [])) === 0;
      cli.child.kill('SIGINT');
      const { stdout } = await cli.finished;
      if (!emulated) return;
      expect(stdout).toContain('@raw: 100\n');
      expect(counts(stdout).get('tracepoint:syscalls:sys_enter_exit_group')).toBe(1);
      expect(stdout).not.toContain('writev');
    } finally {
      shop.close();
    }
  });
});
