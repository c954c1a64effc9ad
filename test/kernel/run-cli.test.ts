/** `bpfscope run` against this kernel: exact numbers, bpftrace's texts, clean ends. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probe as probeFeature } from '@bpfscope/native/features';
import { listPrograms } from '@bpfscope/native/prog';
import { DD, DD_PATH, run, runCli, startCli } from './cli.ts';

const root = process.getuid?.() === 0;
const BLOCKS = 512_000;
const WRITES = `tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { @[comm] = count(); }`;
const dd = (count = BLOCKS): Promise<number | null> =>
  run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${count}`, 'status=none']);

/** With status=none dd writes its blocks and nothing else. */
async function countWrites(format: string): Promise<string> {
  const cli = startCli(['run', '-q', '-f', format, '-e', WRITES]);
  await cli.attached;
  await dd();
  cli.child.kill('SIGINT');
  const { code, stdout } = await cli.finished;
  expect(code).toBe(0);
  return stdout;
}

describe.skipIf(!root)('bpfscope run (needs root)', () => {
  it('counts every write of dd, in text', async () => {
    const found = new RegExp(`@\\[${DD}\\]: (\\d+)`).exec(await countWrites('text'));
    expect(Number(found?.[1])).toBe(BLOCKS);
  });

  it('counts every write of dd, in JSON and ndjson', async () => {
    const json = JSON.parse(await countWrites('json')) as { data: { '@': Record<string, number> } };
    expect(json.data['@'][DD]).toBe(BLOCKS);
    const lines = (await countWrites('ndjson')).trim().split('\n');
    const map = JSON.parse(lines.at(-1) ?? '') as { entries: { key: string[]; value: number }[] };
    expect(map.entries).toEqual([{ key: [DD], value: BLOCKS }]);
  });

  it('loses events exactly: printed and lost add up', async () => {
    const cli = startCli([
      'run',
      '-q',
      '-e',
      `config = { perf_rb_pages = 4 } tracepoint:syscalls:sys_enter_write /comm == "${DD}"/ { printf("w\\n"); }`,
    ]);
    await cli.attached;
    await dd();
    cli.child.kill('SIGINT');
    const { stdout, stderr } = await cli.finished;
    const printed = stdout.split('\n').filter((line) => line === 'w').length;
    const lost = [...stderr.matchAll(/^Lost (\d+) events$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(lost).toBeGreaterThan(0);
    expect(printed + lost).toBe(BLOCKS);
  });

  it('says how many updates a full map refused', async () => {
    const program = 'config = { max_map_keys = 2 } BEGIN { @a[1] = 1; @a[2] = 1; @a[3] = 1; @a[4] = 1; @a[1] = 5; }';
    const { code, stdout, stderr } = await runCli(['run', '-q', '-e', program]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '\n\n@a[2]: 1\n@a[1]: 5\n' });
    expect(stderr).toMatch(/^WARNING: Map full; .*@a refused 2 updates/);
  });

  it('names errors and warnings of the query by their place', async () => {
    const { stderr } = await runCli(['run', '-q', '-e', 'BEGIN { errorf("bad %d", 3); warnf("careful"); }']);
    expect(stderr).toBe('stdin:1:9-28: ERROR: bad 3\nstdin:1:30-46: WARNING: careful\n');
  });

  it('names the functions of stacks, also of a process that has ended', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'bpfscope-')), 'ask.py');
    writeFileSync(file, 'import os, time\nfor i in range(5): os.getppid()\ntime.sleep(1)');
    const program =
      'tracepoint:syscalls:sys_enter_getppid /pid == cpid && comm == "python3"/ { @k[kstack(2)] = count(); @u[ustack(1), comm] = count(); }';
    const { stdout } = await runCli(['run', '-q', '-c', `python3 ${file}`, '-e', program]);
    expect(stdout).toMatch(/@k\[\n( {4}\S+\+\d+\n){2}\]: 5\n/);
    // With a source line where the C library has debugging information.
    expect(stdout).toMatch(/@u\[\n {4}getppid\+\d+(?: \S+)?\n, python3\]: 5\n/);
  });

  it('attaches all or nothing, and says which probe failed', async () => {
    const good = 'tracepoint:syscalls:sys_enter_getppid { @all_or_nothing = count(); }';
    const bad = 'watchpoint:0x10000001:8:w /pid/ { @ = 1; }';
    const { code, stdout, stderr } = await runCli(['run', '-e', `${good} ${bad}`]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^stdin:1:\d+-\d+: ERROR: cannot attach watchpoint:0x10000001:8:w: .*\n.*\n {69}~+\n$/);
    const lenient = await runCli(['run', '--dry-run', '-e', `config = { missing_probes = "warn" } ${good} ${bad}`]);
    expect(lenient.code).toBe(0);
    expect(lenient.stderr).toMatch(/WARNING: cannot attach[^]*Attached 1 probe\n$/);
  });

  it.each([
    ['fentry:vfs_read', 'prog:tracing'],
    ['kprobe:vfs_read', 'kprobe'],
  ])('says of %s what this host lacks, in the words of doctor', async (probe, name) => {
    const { available, title, reason } = probeFeature(name);
    const { code, stderr } = await runCli(['run', '-q', '--dry-run', '-e', `${probe} { @ = count(); }`]);
    if (available) return expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stdin:1:1-\d+: ERROR: cannot attach /);
    expect(stderr).toContain(`: needs ${title}, which this host does not have: ${reason}\n${probe} {`);
  });

  it.each([
    ['helper:bpf_loop', 'BEGIN { @ = strstr("abc", comm); }', 'strstr() needs the helper bpf_loop'],
    ['helper:bpf_for_each_map_elem', 'BEGIN { @m[1] = 1; print(len(@m)); }', 'len() of a map needs the helper bpf_for'],
    ['helper:bpf_send_signal', 'BEGIN { signal(1); }', 'signal() needs the helper bpf_send_signal'],
    [
      'kfunc:bpf_task_from_pid',
      'BEGIN { print(comm(1)); }',
      'comm() of a process id needs the kernel function bpf_task',
    ],
  ])('refuses what %s is needed for in the words of doctor', async (name, query, words) => {
    const env = { BPFSCOPE_WITHOUT: name };
    const { code, stderr } = await runCli(['run', '-q', '--unsafe', '--dry-run', '-e', query], { env });
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stderr).toContain(', which this host does not have: switched off by BPFSCOPE_WITHOUT');
  });

  it('runs the probes of a signal', async () => {
    const cli = startCli(['run', '-q', '-e', 'self:signal:SIGUSR1 { printf("got it\\n"); exit(); } interval:s:100 {}']);
    await cli.attached;
    cli.child.kill('SIGUSR1');
    expect((await cli.finished).stdout).toBe('got it\n\n\n');
  });

  it('puts a known distribution into the right buckets', async () => {
    const program = `BEGIN { @l = lhist(-1, 0, 10, 5); @l = lhist(0, 0, 10, 5); @l = lhist(4, 0, 10, 5); @l = lhist(10, 0, 10, 5);
      @l = lhist(11, 0, 10, 5); @h = hist(-5); @h = hist(0); @h = hist(1); @h = hist(2); @h = hist(3); @h = hist(1024); @h = hist(2047); }`;
    const { stdout } = await runCli(['run', '-q', '-f', 'json', '-e', program]);
    expect(stdout.trim().split('\n')).toEqual([
      '{"type": "hist", "data": {"@h": [{"max": -1, "count": 1}, {"min": 0, "max": 0, "count": 1}, {"min": 1, "max": 1, "count": 1}, ' +
        '{"min": 2, "max": 3, "count": 2}, {"min": 4, "max": 7, "count": 0}, {"min": 8, "max": 15, "count": 0}, ' +
        '{"min": 16, "max": 31, "count": 0}, {"min": 32, "max": 63, "count": 0}, {"min": 64, "max": 127, "count": 0}, ' +
        '{"min": 128, "max": 255, "count": 0}, {"min": 256, "max": 511, "count": 0}, {"min": 512, "max": 1023, "count": 0}, ' +
        '{"min": 1024, "max": 2047, "count": 2}]}}',
      '{"type": "hist", "data": {"@l": [{"max": -1, "count": 1}, {"min": 0, "max": 4, "count": 2}, {"min": 5, "max": 9, "count": 0}, {"min": 10, "count": 2}]}}',
    ]);
  });

  it('ends begin-only programs by themselves, in the order of bpftrace', async () => {
    const { code, stdout, stderr } = await runCli([
      'run',
      '-e',
      'BEGIN { printf("one\\n"); @x = 1; } END { printf("two\\n"); }',
    ]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'one\ntwo\n\n\n@x: 1\n',
      stderr: 'Attached 2 probes\n',
    });
  });

  it('takes the exit code of exit(n) and discards what comes after it', async () => {
    const { code, stdout } = await runCli([
      'run',
      '-q',
      '-e',
      'BEGIN { printf("a"); exit(7); } END { printf("end"); }',
    ]);
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'aend\n\n' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends at %s as at exit()', async (signal) => {
    const cli = startCli(['run', '-q', '-e', 'interval:s:100 { @x = 1; } END { printf("end\\n"); }']);
    await cli.attached;
    cli.child.kill(signal);
    const { code, stdout } = await cli.finished;
    expect(code).toBe(0);
    expect(stdout.startsWith('end\n')).toBe(true);
  });

  it('reads the program from a file with #!, and from stdin', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'bpfscope-')), 'p.bt');
    const output = `${file}.out`;
    writeFileSync(file, '#!/usr/bin/env bpfscope\nBEGIN { printf("%d %s\\n", $1, str($2)); }');
    expect((await runCli(['run', '-q', '-o', output, file, '42', 'word'])).code).toBe(0);
    expect(readFileSync(output, 'utf8')).toContain('42 word\n');
    const { stdout } = await runCli(['run', '-q', '-'], { input: 'BEGIN { printf("in\\n"); }' });
    expect(stdout).toBe('in\n\n\n');
  });

  it('lets the child of -c start when everything is attached, and ends with it', async () => {
    const { code, stdout } = await runCli([
      'run',
      '-q',
      '-c',
      'dd if=/dev/zero of=/dev/null bs=1 count=1000 status=none',
      '-e',
      'tracepoint:syscalls:sys_enter_write /pid == cpid/ { @ = count(); }',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('@: 1000\n');
  });

  it('says what is wrong with a query where it is wrong', async () => {
    const { code, stdout, stderr } = await runCli(['run', '-e', 'BEGIN { @x = nosuch; }']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^stdin:1:14-20: ERROR: .*\nBEGIN \{ @x = nosuch; \}\n {13}~{6}\n/);
  });

  it.each([
    [['run'], /^USAGE: bpfscope run/],
    [['run', '--nosuch'], /unknown option '--nosuch'\n\nUSAGE: bpfscope run/],
    [['run', '/no/such/file.bt'], /^ERROR: failed to open file '\/no\/such\/file.bt'/],
    [['run', '-p', 'x', '-e', 'BEGIN {}'], /^ERROR: pid 'x' is not a valid decimal number\n$/],
    [['run', '-p', '4194304', '-e', 'BEGIN {}'], /^ERROR: Failed to attach to pid: there is no process 4194304\n$/],
    [['run', '-o', '/no/such/file', '-e', 'BEGIN {}'], /^ERROR: Failed to open output file: "\/no\/such\/file"/],
    [['run', '-f', 'xml', '-e', 'BEGIN {}'], /^ERROR: Invalid output format "xml"/],
  ])('%j is one sentence and exit code 1', async (words, sentence) => {
    const { code, stderr } = await runCli(words);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('leaves no program behind when it is killed', async () => {
    const cli = startCli(['run', '-q', '-e', 'tracepoint:syscalls:sys_enter_getppid { @killed_one = count(); }']);
    await cli.attached;
    const before = listPrograms().length;
    cli.child.kill('SIGKILL');
    await cli.finished;
    // The kernel frees the last references in a work queue.
    await expect.poll(() => listPrograms().length, { timeout: 5000 }).toBeLessThan(before);
  });

  it('writes JSON lines that parse', async () => {
    const program =
      'BEGIN { @a[1, "x y"] = 5; @s = stats(4); print((1, "q\\"")); printf("l\\n"); time("%Y"); @c = count(); }';
    const { stdout } = await runCli(['run', '-f', 'json', '-e', program]);
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(['attached_probes', 'value', 'printf', 'time', 'map', 'map', 'stats']);
    expect(stdout).toContain('{"@a": {"1,xy": 5}}');
  });
});
