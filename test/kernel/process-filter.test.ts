/** What -p and -c leave out: the same program runs twice, and one of them is asked for. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { startCli } from './cli.ts';

/** A hundred writes and fifty reads for each line of its input; 20 ms of work, so that timers find it. */
const SOURCE = `
#include <stdio.h>
#include <time.h>
volatile long variable, sink;
int main(void) {
  while (getchar() != EOF) {
    for (int i = 0; i < 100; i++) variable = i;
    for (int i = 0; i < 50; i++) sink += variable;
    for (clock_t end = clock() + CLOCKS_PER_SEC / 50; clock() < end;) sink++;
    puts("done");
    fflush(stdout);
  }
  return 0;
}
`;

const usable = process.getuid?.() === 0 && process.arch === 'x64' && hasTool('gcc');

describe.skipIf(!usable)('one of two processes (needs root and gcc)', () => {
  const shop = new Workshop();
  const running: ChildProcess[] = [];
  let address = '';
  beforeAll(() => {
    shop.write('a.c', SOURCE);
    shop.run('gcc', '-O1', '-no-pie', '-o', 'program', 'a.c');
    const symbols = execFileSync('nm', [shop.path('program')], { encoding: 'utf8' });
    address = `0x${/^0*(\w+) B variable$/m.exec(symbols)?.[1] ?? ''}`;
  });
  afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));
  afterAll(() => shop.close());

  const start = (): ChildProcess => {
    const child = spawn(shop.path('program'), { stdio: ['pipe', 'pipe', 'inherit'] });
    running.push(child);
    return child;
  };
  const work = async (child: ChildProcess): Promise<void> => {
    const done = child.stdout === null ? null : once(child.stdout, 'data');
    child.stdin?.write('\n');
    await done;
  };

  it.each([
    ['watchpoint:ADDRESS:8:w', /^@\[ONE\]: 100$/],
    ['watchpoint:ADDRESS:8:rw', /^@\[ONE\]: 150$/],
    ['profile:us:200', /^@\[ONE\]: [1-9]\d*$/],
    ['software:cpu-clock:200000', /^@\[ONE\]: [1-9]\d*$/],
    ['tracepoint:syscalls:sys_enter_write', /^@\[ONE\]: 1$/],
  ])('-p: %s', async (probe, expected) => {
    const [one, other] = [start(), start()];
    const query = `${probe.replace('ADDRESS', address)} { @[pid] = count(); }`;
    const cli = startCli(['run', '-q', '-p', String(one.pid), '-e', query]);
    await cli.attached;
    await Promise.all([work(one), work(other)]);
    cli.child.kill('SIGINT');
    const { stdout, stderr } = await cli.finished;
    expect(stderr).toBe('');
    expect(stdout.trim().replace(String(one.pid), 'ONE')).toMatch(expected);
  });

  it.each(['libmine', 'libmine.so.1'])('-p: the library that it has, by its name alone: %s', async (name) => {
    shop.write('lib.c', 'int called(int n) { return n + 1; }');
    shop.write(
      'user.c',
      '#include <stdio.h>\nint called(int);\nint main(void) { while (getchar() != EOF) { puts(called(1) ? "done" : ""); fflush(stdout); } return 0; }',
    );
    shop.run('gcc', '-shared', '-fPIC', '-Wl,-soname,libmine.so.1', '-o', 'libmine.so.1', 'lib.c');
    shop.run('gcc', '-o', 'user', 'user.c', 'libmine.so.1', `-Wl,-rpath,${shop.folder}`);
    const child = spawn(shop.path('user'), { stdio: ['pipe', 'pipe', 'inherit'] });
    running.push(child);
    await work(child);
    const cli = startCli(['run', '-q', '-p', String(child.pid), '-e', `uprobe:${name}:called { @ = sum(arg0); }`]);
    await cli.attached;
    for (let i = 0; i < 3; i++) await work(child);
    cli.child.kill('SIGINT');
    const { stdout, stderr } = await cli.finished;
    expect([stderr, stdout.trim()]).toEqual(['', '@: 3']);
  });

  it.each([
    ['/proc/PID/root/app', []],
    ['/proc/PID/exe', []],
    ['/app', ['-p', 'PID']],
  ])('a program that only its container sees: %s', async (path, options) => {
    shop.write(
      'c.c',
      '#include <stdio.h>\nint called(int n) { return n + 1; }\nint main(void) { while (getchar() != EOF) { puts(called(2) ? "done" : ""); fflush(stdout); } return 0; }',
    );
    shop.run('gcc', '-static', '-O0', '-g', '-o', 'inside', 'c.c');
    const inside = `mkdir -p ROOT && mount -t tmpfs none ROOT && cp ${shop.path('inside')} ROOT/app && exec chroot ROOT /app`;
    const words = ['-m', 'sh', '-c', inside.replaceAll('ROOT', shop.path('root'))];
    const child = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] });
    running.push(child);
    await work(child);
    const named = (text: string): string => text.replace('PID', String(child.pid));
    const query = `uprobe:${named(path)}:called { @ = sum(args.n); @at[usym(reg("ip"))] = count(); }`;
    const cli = startCli(['run', '-q', ...options.map(named), '-e', query]);
    await cli.attached;
    for (let i = 0; i < 3; i++) await work(child);
    cli.child.kill('SIGINT');
    const { stdout, stderr } = await cli.finished;
    expect([stderr, stdout.trim().split('\n')]).toEqual(['', ['@: 6', '@at[called]: 3']]);
  });

  it('-c: a watchpoint in the memory of processes', async () => {
    const other = start();
    const words = [
      'run',
      '-q',
      '-c',
      `sh -c ${shop.path('program')}`,
      '-e',
      `watchpoint:${address}:8:w { @ = count(); }`,
    ];
    const cli = startCli(words);
    await cli.attached;
    await work(other);
    cli.child.kill('SIGINT');
    expect((await cli.finished).stdout.trim()).toBe('@: 0');
  });
});
