/** Iterators of this kernel: each object once, and nothing else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const OF_ONE_MAP = ['iter:bpf_map_elem', 'iter:bpf_sk_storage_map', 'iter:sockmap'];

describe.skipIf(process.getuid?.() !== 0)('iterators (need root)', () => {
  const run = async (query: string) => {
    const { stdout, stderr, code } = await runCli(['run', '-q', '-e', query]);
    return { lines: stdout.split('\n').filter((line) => line !== ''), stderr, code };
  };

  it('of a process: its files, its memory, its threads', async () => {
    const child = spawn(
      'python3',
      ['-c', 'import os\nfor i in range(20): os.open("/dev/null", 0)\nprint("up", flush=True)\ninput()'],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    try {
      await once(child.stdout, 'data');
      const folder = `/proc/${child.pid}`;
      const files = await run(`iter:task_file { if (ctx.task.tgid == ${child.pid}) { @ = count(); } }`);
      expect(files.lines).toEqual([`@: ${readdirSync(`${folder}/fd`).length}`]);
      const ranges = await run(`iter:task_vma { if (ctx.task.tgid == ${child.pid}) { @ = count(); } }`);
      // The last line is [vsyscall], which is no memory of the process.
      const maps = readFileSync(`${folder}/maps`, 'utf8').trim().split('\n');
      expect(ranges.lines).toEqual([`@: ${maps.filter((line) => !line.endsWith('[vsyscall]')).length}`]);
      const threads = await run(`iter:task { if (ctx.task.tgid == ${child.pid}) { @ = count(); } }`);
      expect(threads.lines).toEqual(['@: 1']);
    } finally {
      child.kill();
    }
  });

  it('end without a call for nothing, whatever the body asks', async ({ skip }) => {
    const { stdout } = await runCli(['run', '-l', 'iter:cgroup']);
    if (stdout === '') skip('no iter:cgroup here');
    // The kernel calls once more, with no object.
    const plain = await run('iter:cgroup { @ = count(); }');
    const asking = await run('iter:cgroup { @ = count(); @none = sum(ctx.cgroup.level < 0); }');
    expect(asking.lines).toEqual([...plain.lines, '@none: 0']);
    expect(plain.lines[0]).toMatch(/^@: [1-9]\d*$/);
  });

  it('can be pinned: who reads the file gets the text', async () => {
    const path = `/sys/fs/bpf/bpfscope-test-${process.pid}`;
    const body =
      'if ($t.pid == $t.tgid) { printf("%d %s|%6d|%-4x|%c %s 100%% é\\n", $t.pid, $t.comm, -7, 255, 65, "ok"); }';
    try {
      const { lines, code, stderr } = await run(`iter:task:${path} { $t = ctx.task; ${body} }`);
      expect({ lines, code, stderr }).toEqual({ lines: [`Program pinned to ${path}`], code: 0, stderr: '' });
      const comm = readFileSync('/proc/self/comm', 'utf8').trim();
      expect(readFileSync(path, 'utf8').split('\n')).toContain(`${process.pid} ${comm}|    -7|ff  |A ok 100% é`);
      const again = await run(`iter:task:${path} { printf("\\n"); }`);
      expect(again.stderr).toContain('File exists');
    } finally {
      rmSync(path, { force: true });
    }
    const asked = await run('iter:task:nobody { print(1); @a[kstack] = 1; printf("%s %.3s %#x", kstack, "abc", 1); }');
    expect(asked.stderr.match(/ERROR: .*/g)).toEqual([
      'ERROR: Nobody reads the events of a pinned iterator.',
      'ERROR: A pinned iterator cannot print kstack as %s.',
      'ERROR: A pinned iterator cannot print string[4] as %.3s.',
      'ERROR: A pinned iterator cannot print int64 as %#x.',
    ]);
  });

  it('of other objects run, or are refused in words', async () => {
    const { stdout } = await runCli(['run', '-l', 'iter:*']);
    const names = stdout.trim().split('\n');
    expect(names).toContain('iter:task');
    const some = ['iter:bpf_prog', 'iter:unix', 'iter:tcp'].filter((name) => names.includes(name));
    for (const name of [...some, ...OF_ONE_MAP.slice(0, 1)]) {
      const { stderr, code } = await run(`${name} { @ = count(); }`);
      if (OF_ONE_MAP.includes(name)) expect(stderr).toContain('walks over one map of another program');
      else expect([name, stderr, code]).toEqual([name, '', 0]);
    }
  });
});
