/** bpfscope as nobody with a few capabilities: what they are for works, and a refusal names the one that is missing. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { privileges } from '@bpfscope/native/features';
import { hasTool, Workshop } from '@bpfscope/native/testing';
import { runCli, type Finished } from './cli.ts';

const NEEDED = ['CAP_BPF', 'CAP_PERFMON', 'CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE'] as const;
const COUNT = 5000;

/** As nobody with these capabilities alone. */
const asNobody = (capabilities: readonly string[]): readonly string[] => {
  const list = ['-all', ...capabilities.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`)].join(',');
  return [
    'setpriv',
    ...['--reuid', '65534', '--regid', '65534', '--clear-groups'],
    ...[`--inh-caps=${list}`, `--ambient-caps=${list}`, `--bounding-set=${list}`],
  ];
};

const able =
  process.getuid?.() === 0 &&
  privileges().every(({ held }) => held) &&
  spawnSync('setpriv', [...asNobody(NEEDED).slice(1), 'true']).status === 0;

const run = (capabilities: readonly string[], ...words: string[]): Promise<Finished> =>
  runCli(['run', '-q', ...words], { by: asNobody(capabilities), env: { __BPFTRACE_NOTIFY_PROBES_ATTACHED: '' } });
const without = (name: string): string[] => NEEDED.filter((each) => each !== name);

const DD_COMMAND = `/bin/dd if=/dev/zero of=/dev/null bs=1 count=${COUNT} status=none`;
/** A program with USDT probes, one of them with a semaphore. */
const shop = new Workshop();
const TARGET = shop.path('target');
const canBuild = hasTool('gcc');
if (canBuild) shop.run('gcc', '-O1', '-o', 'target', join(import.meta.dirname, '..', 'vm', 'target.c'));
chmodSync(dirname(TARGET), 0o755);
afterAll(() => shop.close());
const END = 'interval:ms:100 { exit(); }';

describe.skipIf(!able)('as nobody with capabilities (needs root and setpriv)', () => {
  it.each([
    ['tracepoint', 'tracepoint:syscalls:sys_enter_write /pid == cpid/ { @ = count(); }', `@: ${COUNT}`],
    ['raw tracepoint', 'rawtracepoint:sys_enter /pid == cpid && args.id == 1/ { @ = count(); }', `@: ${COUNT}`],
    ['uprobe', 'uprobe:libc:write /pid == cpid/ { @ = count(); }', `@: ${COUNT}`],
    ['uretprobe', 'uretprobe:libc:write /pid == cpid/ { @[retval] = count(); }', `@[1]: ${COUNT}`],
  ])('counts exactly: %s', async (_, query, expected) => {
    const { stdout, stderr } = await run(NEEDED, '-c', DD_COMMAND, '-e', query);
    expect(stderr).toBe('');
    expect(stdout).toContain(expected);
  });

  it.skipIf(!canBuild).each([
    ['USDT with a semaphore', `usdt:${TARGET}:demo:tick { @ = sum(arg0); }`, '@: 45\n'],
    ['USDT probes by a wildcard', `usdt:${TARGET}:* { @[probe] = count(); }`, ':demo:tick]: 10\n'],
    ['several uprobes', `uprobe:${TARGET}:add, uprobe:${TARGET}:leaf { @[func] = count(); }`, '@[leaf]: 10\n'],
  ])('counts exactly without CAP_SYS_ADMIN: %s', async (_, query, expected) => {
    const { stdout, stderr } = await run(NEEDED, '-c', `${TARGET} 10`, '-e', query);
    expect(stderr).toBe('');
    expect(stdout).toContain(expected);
  });

  it.skipIf(!canBuild).each([`usdt:${TARGET}:demo:tick { @ = count(); }`, `uprobe:${TARGET}:add { @ = count(); }`])(
    'names CAP_SYS_ADMIN where the kernel has no link for many uprobes: %s',
    async (query) => {
      const { stderr, code } = await runCli(['run', '-q', '-c', `${TARGET} 10`, '-e', query], {
        by: asNobody(NEEDED),
        env: { BPFSCOPE_WITHOUT: 'uprobe_multi' },
      });
      expect(code).toBe(1);
      expect(stderr).toContain('needs CAP_SYS_ADMIN, which this process lacks');
    },
  );

  it.each([
    ['profile', 'profile:hz:199 { @[comm] = count(); } interval:ms:300 { exit(); }', '@['],
    ['iterator', 'iter:task { @ = count(); }', '@: '],
  ])('runs: %s', async (_, query, expected) => {
    const { stdout, stderr, code } = await run(NEEDED, '-e', query);
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toContain(expected);
  });

  it.each([
    ['CAP_BPF', ['-e', `profile:hz:99 { @ = count(); } ${END}`]],
    ['CAP_PERFMON', ['-e', `profile:hz:99 { @ = count(); } ${END}`]],
    ['CAP_DAC_READ_SEARCH', ['-e', `tracepoint:syscalls:sys_enter_write { @ = count(); } ${END}`]],
    ['CAP_DAC_READ_SEARCH', ['-e', `tracepoint:sched:* { @ = count(); } ${END}`]],
    ['CAP_SYS_PTRACE', ['-p', String(process.pid), '-e', `uprobe:libc:malloc { @ = count(); } ${END}`]],
  ])('names %s when it is missing', async (name, words) => {
    const { stderr, code } = await run(without(name), ...words);
    expect(code).toBe(1);
    expect(stderr).toContain(`needs ${name}, which this process lacks`);
    expect(NEEDED.filter((each) => stderr.includes(each))).toEqual([name]);
  });

  it.each([
    ['CAP_DAC_READ_SEARCH', `profile:hz:99 { @ = count(); } ${END}`],
    ['CAP_SYS_PTRACE', `tracepoint:syscalls:sys_enter_write { @ = count(); } ${END}`],
  ])('needs no %s for other probes', async (name, query) => {
    const { stderr, code } = await run(without(name), '-e', query);
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each([
    ['BEGIN { print(kaddr("vfs_read")); }', 1, 'hidden: kaddr() needs CAP_SYSLOG, which this process lacks'],
    [
      `tracepoint:sched:sched_switch { @[kstack(1)] = count(); } ${END}`,
      0,
      'no names here: their addresses are hidden (needs CAP_SYSLOG',
    ],
  ])('says that addresses of the kernel are hidden: %s', async (query, expected, words) => {
    const { stderr, code } = await run(NEEDED, '-e', query);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(words)]);
    const allowed = await run([...NEEDED, 'CAP_SYSLOG'], '-e', query);
    expect([allowed.code, allowed.stderr]).toEqual([0, '']);
  });

  it('is told by doctor in words and as JSON', async () => {
    const text = await runCli(['doctor'], { by: asNobody(without('CAP_SYS_PTRACE')) });
    expect(text.stdout).toContain('LACKS    CAP_SYS_PTRACE, for probes and symbols in processes of other users');
    expect(text.stdout).toContain('Queries can run here.');
    const { stdout } = await runCli(['doctor', '--json'], { by: asNobody(without('CAP_PERFMON')) });
    const facts = JSON.parse(stdout) as { problems: { code: string }[]; privileges: { name: string; held: boolean }[] };
    expect(facts.problems.map(({ code }) => code)).toEqual(['no-privileges']);
    expect(facts.privileges.find(({ name }) => name === 'CAP_PERFMON')?.held).toBe(false);
    expect(facts.privileges.find(({ name }) => name === 'CAP_BPF')?.held).toBe(true);
  });
});
