/** Every option of bpftrace's command line, through the real one: what drives bpftrace drives us. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'bpfscope-cli-'));
const put = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
mkdirSync(join(folder, 'headers'));
put('headers/deep.h', '#define DEEP 11\n');
put('near.h', '#define NEAR 7\nstruct near { int a; char b[NEAR]; };\n');
put('lib.bt', '#define LIB 3\nmacro twice($x) { $x * 2 }\n');
put('bad.bt', 'macro broken($x) { $x + nosuch }\n');

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const stdout = async (words: readonly string[], options = {}): Promise<string[]> =>
  lines((await runCli(words, options)).stdout);

describe.skipIf(process.getuid?.() !== 0)('command line (needs root)', () => {
  it.each([
    ['-e and parameters', ['-e', 'BEGIN { printf("%d %s %d\\n", $1, str($2), $#); }', '5', 'x'], ['5 x 2']],
    [
      'named parameters',
      ['-e', 'BEGIN { print(getopt("name", "none")); print(getopt("flag")); }', '--', '--name=a b', '--flag'],
      ['a b', 'true'],
    ],
    ['-B full', ['-B', 'full', '-e', 'BEGIN { print(1); }'], ['1']],
    ['-B none', ['-B', 'none', '-e', 'BEGIN { print(1); }'], ['1']],
    ['--no-warnings', ['--no-warnings', '-e', 'BEGIN { $a = 1; $a / 0; print(1); }'], ['1']],
    ['--unsafe', ['--unsafe', '-e', 'BEGIN { system("echo hi"); }'], ['hi']],
    ['--dry-run', ['--dry-run', '-e', 'interval:s:1 { print(1); } BEGIN { @ = 1; }'], []],
    [
      'options of other versions',
      ['--verify-llvm-ir', '--usdt-file-activation', '--no-feature', 'uprobe_multi', '-e', 'BEGIN { print(1); }'],
      ['1'],
    ],
    [
      '--include',
      ['--include', join(folder, 'near.h'), '-e', 'BEGIN { print(NEAR); print(sizeof(struct near)); }'],
      ['7', '12'],
    ],
    ['-I', ['-I', join(folder, 'headers'), '-e', '#include <deep.h>\nBEGIN { print(DEEP); }'], ['11']],
    ['--include of -I', ['-I', join(folder, 'headers'), '--include', 'deep.h', '-e', 'BEGIN { print(DEEP); }'], ['11']],
    ['--include of a kernel header', ['--include', 'linux/sched.h', '-e', 'BEGIN { print(1); }'], ['1']],
  ])('%s', async (_, words, expected) => {
    expect(await stdout(['run', '-q', ...words])).toEqual(expected);
  });

  it('writes the bytes of texts that are no UTF-8', async () => {
    const program = 'BEGIN { printf("a\\xffb %c %.1s|%3s|\\303\\251\\n", 233, "é", "\\xe9"); @["\\xfe"] = 1; }';
    const file = join(folder, 'bytes.out');
    await runCli(['run', '-q', '-o', file, '-e', program]);
    expect(readFileSync(file, 'latin1')).toContain('a\xffb \xe9 \xc3|  \xe9|\xc3\xa9\n\n\n@[\xfe]: 1');
  });

  it('--no-warnings leaves them out', async () => {
    const program = 'BEGIN { delete(@b, 3); @b[1] = 1; }';
    expect((await runCli(['run', '-q', '-e', program])).stderr).toMatch(/WARNING/);
    expect((await runCli(['run', '-q', '--no-warnings', '-e', program])).stderr).toBe('');
  });

  it('reads a script with its files, from a shebang line too', async () => {
    const text =
      '#include "near.h"\nimport "lib.bt";\nBEGIN { printf("%d %d %d %s\\n", NEAR, twice(4), LIB, str($1)); }';
    const script = put('script.bt', `#!${join(folder, 'bpfscope')} -q\n${text}`);
    expect(await stdout(['run', '-q', script, 'x'])).toEqual(['7 8 3 x']);
    expect(await stdout([script, 'x'])).toEqual(['7 8 3 x']);
    expect(await stdout(['run', '-q', '-', 'y'], { input: 'BEGIN { print(str($1)); }' })).toEqual(['y']);
  });

  it('names the file of a mistake, in text, JSON and ndjson', async () => {
    const script = put('uses-bad.bt', 'import "bad.bt";\n\nBEGIN { print(broken(1)); }');
    const bad = join(folder, 'bad.bt');
    const text = await runCli(['check', script]);
    expect(text.code).toBe(1);
    expect(text.stderr.startsWith(`${bad}:1:25-31: ERROR: Unknown identifier: 'nosuch'.`)).toBe(true);
    const json = JSON.parse((await runCli(['check', '--json', script])).stdout) as { diagnostics: object[] };
    const place = { file: bad, line: 1, column: 25, code: 'undefined-name' };
    expect(json.diagnostics[0]).toMatchObject(place);
    expect(JSON.parse((await runCli(['check', '-f', 'ndjson', script])).stdout)).toMatchObject(place);
  });

  it('does not import what everybody may write to', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    writeFileSync(join(open, 'lib.bt'), 'macro one() { 1 }');
    writeFileSync(join(open, 'main.bt'), 'import "lib.bt"; BEGIN { print(one); }');
    chmodSync(open, 0o777);
    const { code, stderr } = await runCli(['run', join(open, 'main.bt')]);
    expect(code).toBe(1);
    expect(stderr).toContain('everybody may write');
  });

  it('-v tells what the kernel made of it', async () => {
    const { stderr } = await runCli(['run', '-v', '-e', 'BEGIN { @ = 1; }']);
    expect(stderr).toMatch(/^Program ID: \d+\nbegin: \d+ instructions, \d+ bytes of machine code\n/);
    expect(stderr).toMatch(/\nprocessed \d+ insns\n[^]*\nAttaching begin\nAttached 1 probe\n$/);
  });

  it('-k reports reads that fail', async () => {
    const program = 'BEGIN { print(str((uint8 *)8)); }';
    expect((await runCli(['run', '-q', '-e', program])).stderr).toBe('');
    const { stderr } = await runCli(['run', '-q', '-k', '-e', program]);
    expect(stderr).toMatch(
      /^stdin:1:15-30: WARNING: .*\n.*\n *~+\nAdditional Info - helper: probe_read_kernel_str, retcode: -\d+\n$/,
    );
    const json = await stdout(['run', '-q', '-kk', '-f', 'json', '-e', program]);
    expect(JSON.parse(json.find((line) => line.includes('helper_error')) ?? '{}')).toMatchObject({
      helper: 'probe_read_kernel_str',
      line: 1,
      col: 15,
    });
  });

  it('-l lists, -lv with arguments, -l -e the probes of a program', async () => {
    const probe = 'tracepoint:sched:sched_process_exec';
    expect(await stdout(['run', '-l', 'tracepoint:sched:sched_process_ex*'])).toEqual([
      probe,
      'tracepoint:sched:sched_process_exit',
    ]);
    expect(await stdout(['run', '-lv', probe])).toEqual([
      probe,
      '    __data_loc char[] filename',
      '    pid_t pid',
      '    pid_t old_pid',
    ]);
    const found = await stdout(['run', '-l', '-e', 'tracepoint:sched:sched_process_e* { } BEGIN { }']);
    expect(found.sort()).toEqual(['begin', probe, 'tracepoint:sched:sched_process_exit']);
    expect(await stdout(['run', '-l', 'iter:task*'])).toContain('iter:task_file');
  });

  it('-l takes several patterns, a file of a program, types', async () => {
    const exec = 'tracepoint:sched:sched_process_exec';
    expect(await stdout(['run', '-l', `${exec}, software:page-*`])).toEqual([exec, 'software:page-faults:']);
    const script = put('listed.bt', `${exec} { } BEGIN { }`);
    expect((await stdout(['run', '-l', script])).sort()).toEqual(['begin', exec]);
    expect(await stdout(['run', '-l', 'struct list_head'])).toEqual(['struct list_head']);
    expect(await stdout(['run', '-lv', 'struct list_head,iter:task'])).toEqual([
      'struct list_head {',
      '\tstruct list_head *next;',
      '\tstruct list_head *prev;',
      '};',
      'iter:task',
      '    struct task_struct * task',
    ]);
    expect(await stdout(['run', '-lv', 'enum pid_type'])).toContain('\tPIDTYPE_PID = 0,');
  });

  it('-d prints stages and runs nothing', async () => {
    const program = 'BEGIN { print("ran"); }';
    const all = await runCli(['run', '-d', 'all', '-e', program]);
    expect(all.stdout.match(/^==== \w+$/gm)).toEqual(['ast', 'types', 'ir', 'asm', 'verifier'].map((s) => `==== ${s}`));
    expect(all.stdout).not.toMatch(/^ran$/m);
    const verifier = await runCli(['run', '-d', 'verifier', '-e', program]);
    expect(verifier.stdout).toMatch(/^begin:\n[^]*call bpf_ringbuf_reserve[^]*\nprocessed \d+ insns/);
    const libbpf = await runCli(['run', '-d', 'libbpf', '-e', program]);
    expect({ code: libbpf.code, stderr: libbpf.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('without libbpf') as string,
    });
  });

  it('a script that is not there is said as one', async () => {
    const { code, stderr } = await runCli(['no-such-script.bt']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: failed to open file 'no-such-script.bt'/);
  });

  it('--info says what this host can do', async () => {
    expect((await stdout(['run', '--info'])).join('\n')).toMatch(/Linux \d/);
  });

  it('-o takes the output, messages stay on stderr', async () => {
    const file = join(folder, 'out.txt');
    const { stdout: out, stderr } = await runCli(['run', '-o', file, '-e', 'BEGIN { print(1); }']);
    expect({ out, stderr }).toEqual({ out: '', stderr: 'Attached 1 probe\n' });
    expect(readFileSync(file, 'utf8')).toContain('1\n\n\n');
  });

  it('-f json begins as bpftrace does', async () => {
    const [first] = await stdout(['run', '-f', 'json', '-e', 'BEGIN { print(1); }']);
    expect(first).toBe('{"type": "attached_probes", "data": {"probes": 1}}');
  });

  it('-p sees one process, and its USDT probes without a binary', async () => {
    const child = spawn('/usr/bin/sleep', ['60']);
    const cli = startCli([
      'run',
      '-q',
      '-p',
      String(child.pid),
      '-e',
      'tracepoint:sched:sched_process_exit { print(pid); }',
    ]);
    await cli.attached;
    child.kill();
    expect(lines((await cli.finished).stdout)).toEqual([String(child.pid)]);
    const { stderr } = await runCli(['run', '-q', '-p', String(process.pid), '-e', 'usdt:no_such_probe { }']);
    expect(stderr).toContain(`Process ${process.pid} has no USDT probe 'no_such_probe'`);
  });

  it("-c counts the command's own calls, its execve first", async () => {
    symlinkSync('/bin/true', join(folder, 'traced'));
    const program =
      'tracepoint:raw_syscalls:sys_enter /pid == cpid/ { @[comm] = count(); } ' +
      'tracepoint:syscalls:sys_enter_execve /pid == cpid/ { @path = str(args.filename); }';
    const traced = join(folder, 'traced');
    const [first, second] = [
      await stdout(['run', '-q', '-c', traced, '-e', program]),
      await stdout(['run', '-q', '-c', traced, '-e', program]),
    ];
    // The execve still bears the name of the shell that holds the command's place.
    expect(first.filter((line) => line.startsWith('@['))).toEqual([
      '@[sh]: 1',
      expect.stringMatching(/^@\[traced\]: \d+$/) as string,
    ]);
    expect(first).toContain(`@path: ${traced}`);
    expect(second).toEqual(first);
  });

  it('-c ends with the query when exit() comes first', async () => {
    const cli = startCli(['run', '-q', '-c', '/usr/bin/sleep 61', '-e', 'interval:ms:50 { print(cpid); exit(); }']);
    const [pid = ''] = lines((await cli.finished).stdout);
    expect(() => process.kill(Number(pid), 0)).toThrow();
  });

  it('environment variables win over the config block', async () => {
    const program = 'config = { max_strlen = 64 } BEGIN { print(sizeof(str((uint8 *)8))); }';
    expect(await stdout(['run', '-q', '-e', program, 'x'])).toEqual(['64']);
    expect(await stdout(['run', '-q', '-e', program, 'x'], { env: { BPFTRACE_MAX_STRLEN: '32' } })).toEqual(['32']);
    const { stderr } = await runCli(['run', '-q', '-e', program, 'x'], { env: { BPFTRACE_MAX_STRLEN: 'many' } });
    expect(stderr).toMatch(/^ERROR: BPFTRACE_MAX_STRLEN: 'many' is not a valid value: it takes an integer/);
  });

  it('a full disk is told', async () => {
    const { code, stderr } = await runCli(['run', '-q', '-o', '/dev/full', '-e', 'interval:ms:10 { print(1); }']);
    expect(code).toBe(1);
    expect(stderr).toBe('ERROR: Failed to write the output: No space left on device\n');
  });

  it.each([
    ['catalog', '--json'],
    ['list', 'tracepoint:*'],
    ['run', '-l'],
  ])('%s %s ends quietly when its reader goes away', async (...words) => {
    const cli = startCli(words);
    cli.child.stdout?.once('data', () => cli.child.stdout?.destroy());
    const { stderr, signal } = await cli.finished;
    expect({ stderr, signal }).toEqual({ stderr: '', signal: null });
  });

  it('a query ends when its reader goes away', async () => {
    const cli = startCli(['run', '-q', '-e', 'interval:ms:10 { printf("tick\\n"); }']);
    await cli.attached;
    cli.child.stdout?.destroy();
    const { stderr, signal } = await cli.finished;
    expect({ stderr, signal }).toEqual({ stderr: '', signal: null });
  });

  it.each([
    [['run', '-B', 'some', '-e', 'BEGIN {}'], /Invalid buffering mode "some"/],
    [['run', '-d', 'wrong', '-e', 'BEGIN {}'], /Invalid stage "wrong"/],
    [['run', '-e', 'BEGIN { signal(9); }'], /--unsafe/],
    [['run', '-e', '#include "nowhere.h"\nBEGIN {}'], /There is no file "nowhere.h"/],
    [['nosuch'], /unknown command 'nosuch'/],
  ])('%j is refused', async (words, message) => {
    const { code, stderr } = await runCli(words);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});
