/** Compiled programs run in this kernel: what they print, by subject. Expected values are bpftrace's semantics. */
import { describe, expect, it } from 'vitest';
import { DD, DD_PATH, runCli, startCli, run } from './cli.ts';

const root = process.getuid?.() === 0;

/** A BEGIN program's printed lines; blank lines and the maps at the end left out unless asked for. */
async function printed(body: string, words: readonly string[] = []): Promise<string[]> {
  const { stdout, stderr, code } = await runCli(['run', '-q', '-e', `BEGIN { ${body} }`, ...words]);
  if (code !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Statements with what each prints, run as one program. */
const together = async (cases: readonly (readonly [string, string])[]): Promise<void> => {
  const lines = await printed(cases.map(([statement]) => statement).join(' '));
  const want = cases.flatMap(([, output]) => (output === '' ? [] : output.split('|')));
  expect(lines.slice(0, want.length)).toEqual(want);
};

describe.skipIf(!root)('compiled programs (need root)', () => {
  it('compute with integers', () =>
    together([
      ['$v = 7;', ''],
      ['print($v + 3 * 4);', '19'],
      ['print($v - 9);', '-2'],
      ['print(-$v / 2);', '9223372036854775804'],
      ['print($v % 4);', '3'],
      ['print($v << 40);', '7696581394432'],
      ['print(-$v >> 60);', '15'],
      ['print($v & 5 | 8 ^ 3);', '15'],
      ['print(~$v);', '18446744073709551608'],
      ['print($v > 3 && $v < 9 ? 10 : 20);', '10'],
      ['print(!$v);', 'false'],
      ['print($v == 7 || $v / 0 == 1);', 'true'],
      [
        '$big = (uint64)-1; print($big); print($big / 3); print($big > 5);',
        '18446744073709551615|6148914691236517205|true',
      ],
      ['print((int8)200); print((uint8)300); print((uint16)-1);', '-56|44|65535'],
      ['let $n: uint8 = 200; $n += 100; print($n);', '44'],
      ['$i = 5; print($i++); print(++$i); print($i--); print(--$i);', '5|7|7|5'],
      ['print(1 << 40 | 5); printf("%d\\n", 1 << 40 | 5);', '1099511627781|5'],
    ]));

  it('divide by zero to 1 and say so', async () => {
    const { stdout, stderr } = await runCli([
      'run',
      '-q',
      '-e',
      'BEGIN { $z = nsecs & 0; print(5 / $z); print(5 % $z); }',
    ]);
    expect(stdout.trim().split('\n')).toEqual(['1', '1']);
    expect(stderr).toContain('Divide or modulo by 0');
  });

  it('change maps in place', () =>
    together([
      ['@x = 5; @x += 3; @x *= 2; @x <<= 1; @x--; printf("%d\\n", @x);', '31'],
      ['printf("%d\\n", @x++ + ++@x);', '64'],
      ['@y[1] = 3; @y[1]++; @y[2] -= 4; $a = @y[2]--; printf("%d %d %d\\n", $a, @y[2], @y[1]);', '-4 -5 4'],
      ['@k[1, "a"] = 2; @k[1, "a"] |= 4; printf("%d\\n", @k[1, "a"]);', '6'],
      ['if (has_key(@k, (1, "a"))) { printf("has\\n"); }', 'has'],
      ['if (delete(@k, (1, "a"))) { printf("gone %d\\n", @k[1, "a"]); }', 'gone 0'],
      ['@s = "text"; printf("%s %d\\n", @s, @s == "text");', 'text 1'],
      ['@t[3] = (1, "x", (int8)-3); printf("%s\\n", @t[3].1);', 'x'],
    ]));

  it('add up aggregates, and read them as numbers', () =>
    together([
      ['@c = count(); @c = count(); @s = sum(5); @s = sum(-7);', ''],
      ['@a = avg(-4); @a = avg(-7); @m = min(5); @m = min(-3); @x = max(-5); @x = max(-8);', ''],
      ['print((int64)@c); print((int64)@s); print((int64)@m); print((int64)@x); print((int64)@a);', '2|-2|-3|-5|-5'],
      ['@n[1] = count(); @n[2] = count(); @n[2] = count(); if (@n[2] > @n[1]) { print("more"); }', 'more'],
      ['@e = stats(10); @e = stats(21); print(@e);', '@e: { .count = 2, .average = 15, .total = 31 }'],
    ]));

  it('loop', () =>
    together([
      ['$sum = 0; for ($i : 5..205) { if ($i % 2) { continue; } $sum += $i; } print($sum);', '10500'],
      ['$n = 3 + (nsecs & 0); $t = 0; for ($i : 0..$n) { for ($j : 0..$n) { $t += $i * $j; } } print($t);', '9'],
      ['$w = 0; while ($w < 10000) { $w++; if ($w == 5000) { break; } } print($w);', '5000'],
      ['$b = 0; while (true) { $b++; if ($b > 10) { break; } } print($b);', '11'],
      ['$r = 30 + (rand & 0); $q = 0; for ($i : 0..$r) { $q += 3; if ($q > 50) { $q = 1; } } print($q);', '40'],
      ['$u = 1; unroll(5) { $u *= 2; } print($u);', '32'],
      [
        '@m[1] = 10; @m[2] = 20; $k = 0; $v = 0; for ($kv : @m) { $k += $kv.0; $v += $kv.1; } print(($k, $v));',
        '(3, 30)',
      ],
      ['@c[7] = count(); @c[7] = count(); for ($kv : @c) { print(($kv.0, $kv.1)); }', '(7, 2)'],
      ['for ($kv : @m) { for ($i : 0..100) { @inner = count(); } } print((int64)@inner);', '200'],
    ]));

  it('leave the program from inside a loop', async () => {
    const lines = await printed('@m[1] = 1; for ($kv : @m) { print("in"); return; } print("after");');
    expect(lines).toEqual(['in', '@m[1]: 1']);
  });

  it('handle strings', () =>
    together([
      [
        '$s = "abc"; $t = $s; print($s == $t); print($s != "abd"); print($s == "ab"); print("abcd" == $s);',
        'true|true|false|false',
      ],
      ['print(strlen($s)); print(str_concat($s, "de")); print(strncmp($s, "abz", 2));', '3|abcde|0'],
      ['print(strerror(2)); print(signal_name(9)); print(syscall_name(1));', 'No such file or directory|SIGKILL|write'],
      ['$c = comm; print($c == comm); @k[comm] = 1; print(@k[$c] == 1);', 'true|true'],
      [
        'print(strstr("abcabd", "abd")); print(strstr($s, "x")); print(strcontains("hello world", "o w"));',
        '3|-1|true',
      ],
      ['print(buf("ab\\x01", 3));', 'ab\\x01'],
    ]));

  it('make tuples and records', () =>
    together([
      ['print((1, (2, "x"), true)); $t = (1, (2, 3)); print($t.1.0);', '(1, (2, x), true)|2'],
      ['$r = (a=1, b="y"); print($r.b); print($r);', 'y|{ .a = 1, .b = y }'],
      ['@t = ((int8)1, (int64)2); print(@t == ((int8)1, (int64)2));', 'true'],
    ]));

  it('call functions of the query', () =>
    runCli([
      'run',
      '-q',
      '-e',
      'fn add($a: int64, $b: int64): int64 { if ($a > 100) { return 0; } return $a + $b; } BEGIN { print(add(1, 2)); print(add(101, 2)); }',
    ]).then(({ stdout }) => expect(stdout.trim().split('\n')).toEqual(['3', '0'])));

  it('return from functions of the query out of loops', async () => {
    const functions = `fn twice($a : int64) : int64 { $i = 0; while ($i < 10) { if ($i == $a) { return $i * 2; } $i++; } return 77; }
      fn pair($a : int64) : int64 {
        for ($i : 0..$a) { $j = 0; while ($j < 10) { if ($i * $j == 12) { return $i * 100 + $j; } $j++; } }
        return 77;
      }
      fn text($a : int64) : string[8] { $i = 0; while ($i < 10) { if ($i == $a) { return "found"; } $i++; } return "none"; }
      fn value($a : int64) : int64 { for ($kv : @m) { if ($kv.0 == $a) { return $kv.1; } } return 0; }`;
    const body = `@m[1] = 5; @m[2] = 7; print((twice(3), twice(20), twice(9))); print((pair(9), pair(1)));
      print((text(3), text(20))); print((value(2), value(3))); clear(@m);`;
    const { stdout, stderr } = await runCli(['run', '-q', '-e', `${functions} BEGIN { ${body} }`]);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(['(6, 77, 18)', '(206, 77)', '(found, none)', '(7, 0)']);
  });

  it('use more variables than there are registers, and more memory than there is stack', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `$v${n}`);
    const set = names.map((v, n) => `${v} = rand & 0 | ${n};`).join(' ');
    const big =
      'let $b: string[300] = "x"; let $c: string[300] = "y"; let $d: string[300] = "z"; printf("%s%s%s\\n", $b, $c, $d);';
    expect(await printed(`${set} print(${names.join(' + ')}); ${big}`)).toEqual(['780', 'xyz']);
  });

  it('measure every read of dd', async () => {
    const query = `tracepoint:syscalls:sys_enter_read /comm == "dd"/ { @start[tid] = nsecs; }
      tracepoint:syscalls:sys_exit_read /@start[tid]/ { @us = hist((nsecs - @start[tid]) / 1000); @n = count(); delete(@start[tid]); }`;
    const cli = startCli(['run', '-q', '-f', 'json', '-e', query]);
    await cli.attached;
    await run('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=100000', 'status=none']);
    cli.child.kill('SIGINT');
    const { stdout } = await cli.finished;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { data: Record<string, unknown> });
    const total = lines.find((l) => '@n' in l.data)?.data['@n'];
    const buckets = lines.find((l) => '@us' in l.data)?.data['@us'] as { count: number }[];
    expect(total).toBeGreaterThanOrEqual(100_000);
    expect(buckets.reduce((sum, b) => sum + b.count, 0)).toBe(total);
  });

  it('know at which of the places of one program they are', async () => {
    const places =
      'tracepoint:syscalls:sys_enter_read, tracepoint:syscalls:sys_exit_read, tracepoint:syscalls:sys_enter_dup2';
    const body = `if (comm == "${DD}" && probe != "${places.split(', ')[2] ?? ''}") { for ($i : 0..1) { @[probe] = count(); } }`;
    const cli = startCli(['run', '-q', '-e', `${places} { ${body} }`]);
    await cli.attached;
    await run(DD_PATH, ['if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=1000', 'status=none']);
    cli.child.kill('SIGINT');
    const { stdout } = await cli.finished;
    const counts = [...stdout.matchAll(/^@\[(.+)\]: (\d+)$/gm)].map(([, name, count]) => [name, Number(count) >= 1000]);
    expect(Object.fromEntries(counts)).toEqual({
      'tracepoint:syscalls:sys_enter_read': true,
      'tracepoint:syscalls:sys_exit_read': true,
    });
  });

  it('read fields of kernel structures', async () => {
    const cli = startCli([
      'run',
      '-q',
      '-e',
      'rawtracepoint:sched_switch /args.prev.pid == $1/ { printf("%d %s %d\\n", args.prev.tgid, args.prev.comm, curtask.pid == args.prev.pid); exit(); }',
      String(process.pid),
    ]);
    const { stdout } = await cli.finished;
    expect(stdout.trim()).toMatch(new RegExp(`^${process.pid} \\S+ [01]$`));
  });

  it('count updates that a full map refused', async () => {
    const { stdout } = await runCli([
      'run',
      '-q',
      '-e',
      'config = { max_map_keys = 5 } BEGIN { for ($i : 0..20) { @a[$i] = count(); } print(len(@a)); exit(); }',
    ]);
    expect(stdout).toContain('5');
  });
});
