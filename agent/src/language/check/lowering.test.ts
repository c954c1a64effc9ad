import { describe, expect, it } from 'vitest';
import { parse } from '../parser/parse.ts';
import { checkedText } from '../testing/checked.ts';
import { testTarget } from '../testing/target.ts';
import { check } from './check.ts';

/** The body of a BEGIN probe, checked: one statement a line. */
function body(source: string, preamble = '', options = {}): string {
  const text = checkedText(`${preamble}BEGIN { ${source} }`, options);
  const start = text.indexOf('\nbegin\n');
  return start === -1
    ? text.replace(/^begin\n/, '').replace(/^ {2}/gm, '')
    : text.slice(start + 7).replace(/^ {2}/gm, '');
}

describe('expressions', () => {
  it.each([
    ['print(-5/2)', 'emit #0(9223372036854775805:int64)'],
    ['print(7 % 4)', 'emit #0(3:int64)'],
    ['print(~0)', 'emit #0(18446744073709551615:uint64)'],
    ['print(1e6)', 'emit #0(1000000:int64)'],
    ['print(5ms)', 'emit #0(5000000:int64)'],
    ['print(true && pid)', 'emit #0((pid:uint32 != 0:uint32):uint32)'],
    ['print(false && pid)', 'emit #0(0:bool)'],
    ['print(pid && true)', 'emit #0((pid:uint32 != 0:uint32):uint32)'],
    ['print(pid && false)', 'emit #0(0:bool)'],
    ['print(pid || 1 == 1)', 'emit #0(1:bool)'],
    ['print(pid + 1)', 'emit #0(((uint64)pid:uint32 + 1:uint64):uint64)'],
    ['print(pid == 5)', 'emit #0(((int64)pid:uint32 == 5:int64):int64)'],
    ['print(nsecs(tai))', 'emit #0(nsecs(tai):uint64)'],
    ['print(!5)', 'emit #0(0:bool)'],
    ['print(1 ? pid : 5)', 'emit #0(pid:uint32)'],
    ['print(comm == "a")', 'emit #0(bytes(comm:string[16] == "a"))'],
    ['print("a" == "a")', 'emit #0(1:bool)'],
    ['print(strncmp(comm, "ab", 2))', 'emit #0((uint64)bytes(comm:string[16] != "ab", 2))'],
    ['print(bswap((uint16)0x1234))', 'emit #0(13330:uint16)'],
    ['print(sizeof(int32))', 'emit #0(4:uint64)'],
    ['print(pton("127.0.0.1"))', 'emit #0(bytes(127 0 0 1))'],
    ['print((uint8)257)', 'emit #0(1:uint8)'],
    ['print(*kaddr("avenrun"))', 'emit #0(*kernel (uint64 *)18446744071581156704:uint64)'],
    ['print(curtask->comm)', 'emit #0(*kernel curtask:struct task_struct *.comm:string[16])'],
    ['print(((char *)10)[3])', 'emit #0(10:int8 *[3:uint64]:int8)'],
    [
      'print((uint64 *)8 + 2)',
      'emit #0((uint64 *)((uint64)8:uint64 * + 16:uint64):uint64)'.replace('(uint64)8:uint64 *', '8:uint64'),
    ],
  ])('%s', (source, expected) => {
    expect(body(source)).toBe(expected);
  });
});

describe('statements', () => {
  it.each([
    ['@[1] = 1; delete(@[1])', '@[1:int8] = 1:int64\ndelete(@, 1:int8, checked)'],
    ['@[1] = 1; delete(@, 1)', '@[1:int8] = 1:int64\ndelete(@, 1:int8, checked)'],
    ['@[1] = 1; if (delete(@, 1)) { print(1) }', '@[1:int8] = 1:int64\nif delete(@, 1:int8)\n  emit #0(1:int64)'],
    ['@[1] = 1; print(has_key(@, 1))', '@[1:int8] = 1:int64\nemit #0(has(@, 1:int8))'],
    ['@[1] = 1; print(len(@))', '@[1:int8] = 1:int64\nemit #0(len(@))'],
    ['@x += 5', '@x += 5:int64'],
    ['@x++; ++@x', '@x++\n++@x'],
    ['$x = 1; $x++; $x *= pid', '$x = 1:uint64\n$x++\n$x *= (uint64)pid:uint32'],
    ['pid ? printf("a") : printf("b")', 'if (pid:uint32 != 0:uint32):uint32\n  emit #0()\nelse\n  emit #1()'],
    ['let $s: string[8] = "ab"', '$s = (string[8])"ab"'],
    ['let $x; $x = pid', '$x = 0:uint32\n$x = pid:uint32'],
    ['exit(); print(1)', 'emit #0()\nreturn\nemit #1(1:int64)'],
    ['exit(3)', 'emit #0(3:int32)\nreturn'],
    ['@[1] = count(); print(@[1])', '@[1:int8] <- count_t()\nemit #0(1:int8, @[1:int8].get)'],
    ['for ($i : 0..3) { @ = $i }', 'for $i in 0:int64..3:int64\n  @ = $i'],
    ['@[1] = 2; for ($kv : @) { print($kv.1) }', '@[1:int8] = 2:int64\nfor $kv in @\n  emit #0($kv.1)'],
    ['unroll(2) { @++ }', 'unroll 2\n  @++'],
    ['if (0) { @a++ } else { @b++ }', '@b++'],
    ['@a = 1; if (@a++ && false) { @b++ }', '@a = 1:int64\nif ((@a++ != 0:int64):int64 && 0:bool):bool\n  @b++'],
    ['print({ $a = 5; $a + 1 })', 'emit #0({$a = 5:int64; ($a + 1:int64):int64})'],
    ['_ = pid', 'pid:uint32'],
  ])('%s', (source, expected) => {
    expect(body(source)).toBe(expected);
  });
});

describe('macros, functions, constants', () => {
  it.each<[string, string, string]>([
    ['macro inc($x) { $x += 1; }\n', '$a = 1; inc($a)', '$a = 1:int64\n$a += 1:int64'],
    ['macro five() { 5 }\n', 'print(five); print(five())', 'emit #0(5:int64)\nemit #1(5:int64)'],
    ['macro own() { $a = 9; $a }\n', '$a = 1; print(own())', '$a = 1:int64\nemit #0({$a = 9:int64; $a})'],
    ['macro inc(@m) { @m++ }\n', 'inc(@q)', '@q++'],
    ['macro twice(e) { e + e }\n', 'print(twice(pid))', 'emit #0(((uint64)pid:uint32 + (uint64)pid:uint32):uint64)'],
    ['macro f(a) { 1 } macro f(a, b) { 2 }\n', 'print(f(0, 0)); print(f(0))', 'emit #0(2:int64)\nemit #1(1:int64)'],
    [
      'macro f(@m) { 1 } macro f($v) { 2 }\n',
      '@x = f(@y); $v = 1; @z = f($v)',
      '@x = 1:int64\n$v = 1:int64\n@z = 2:int64',
    ],
    ['#define A 3\n#define B (A*2)\n', 'print(B)', 'emit #0(6:int64)'],
  ])('%s %s', (preamble, source, expected) => {
    expect(body(source, preamble)).toBe(expected);
  });

  it('refuses macros that expand themselves', () => {
    expect(body('print(a())', 'macro a() { b() } macro b() { a() }\n')).toContain('recursive-macro');
    expect(body('print(A)', '#define A B\n#define B A\n')).toContain('recursive-macro');
  });

  it('calls functions of the query', () => {
    const text = checkedText('fn f($a: uint32, $b: int64): int64 { return $a + $b; } BEGIN { @ = f(3, -1); }');
    expect(text).toContain('@ = f(3:uint32, -1:int64)');
    expect(text).toContain('fn f($a: uint32, $b: int64): int64');
  });
});

describe('parameters', () => {
  const options = { positional: ['12', 'abc', '-3'], named: { size: '0x10', on: 'true' } };
  it.each([
    ['print($1)', 'emit #0(12:int64)'],
    ['print(str($2))', 'emit #0("abc")'],
    ['print(str($1))', 'emit #0("12")'],
    ['print($3)', 'emit #0(-3:int64)'],
    ['print($9)', 'emit #0(0:int64)'],
    ['print(str($9))', 'emit #0("")'],
    ['print($#)', 'emit #0(3:int64)'],
    ['print(getopt("size", 1))', 'emit #0(16:int64)'],
    ['print(getopt("other", 1))', 'emit #0(1:int64)'],
    ['print(getopt("on"))', 'emit #0(1:bool)'],
    ['print(getopt("off"))', 'emit #0(0:bool)'],
    ['print(getopt("name", "x"))', 'emit #0("x")'],
  ])('%s', (source, expected) => {
    expect(body(source, '', options)).toBe(expected);
  });
});

it.each(['print($99)', 'print(str($99))', 'print(str($99 + 0))'])('%s says that there is none', (source) => {
  const query = `begin { ${source}; }`;
  const { diagnostics } = check(parse(query).program, query, testTarget, { positional: ['1'] });
  expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['missing-parameter', 'info']]);
  expect(query.slice(diagnostics[0]?.span.start, diagnostics[0]?.span.end)).toBe('$99');
});

describe('loops', () => {
  const probe = (body: string) =>
    checkedText(`tracepoint:sched:sched_switch { @k[1] = 1; ${body} }`).split('\n').slice(3).join('\n');

  it.each([
    [
      'for ($kv : @k) { print(args.next_pid); print(args.next_pid + 1) }',
      '  $args..next_pid int = args.next_pid:int32\n  for $kv in @k\n    emit #0($args..next_pid int)\n    emit #1(((int64)$args..next_pid int + 1:int64):int64)',
    ],
    [
      'for ($i : 0..9) { while ($i > 3) { @s[kstack(3)] = count(); break } }',
      '  $kstackbpftrace3 = kstack:kstack(3)\n  for $i in 0:int64..9:int64\n    while ($i > 3:int64):int64\n      @s[$kstackbpftrace3] <- count_t()\n      break',
    ],
  ])('read the context before they start: %s', (body, expected) => {
    expect(probe(body)).toContain(expected);
  });

  it('that never run are left out', () => {
    expect(body('for ($i : 3..3) { @++ } @++')).toBe('@++');
  });

  it('leave the context alone where there is no function call', () => {
    expect(probe('unroll (2) { print(args.next_pid) }')).toContain('unroll 2\n    emit #0(args.next_pid:int32)');
  });

  it('shift by what the machine takes', () => {
    expect(body('print(pid << 65); @ <<= 64')).toBe('emit #0(((uint64)pid:uint32 << 1:uint64):uint64)\n@ <<= 0:int64');
  });
});

describe('variables of older scripts', () => {
  it('live in the whole body when they are used outside of the block that assigns them', () => {
    const text = checkedText('BEGIN { if (pid) { $a = 5 } else { $a = pid } print($a); }');
    expect(text).toContain("warning escaping-variable '$a'");
    expect(text.slice(text.indexOf('begin'))).toBe(
      'begin\n  $a = 0:uint32\n  if (pid:uint32 != 0:uint32):uint32\n    $a = 5:uint32\n  else\n    $a = pid:uint32\n  emit #0($a)',
    );
  });

  it('stay in their block otherwise, where each may have its own type', () => {
    expect(body('if (pid) { $a = 5 } else { $a = comm }')).toBe(
      'if (pid:uint32 != 0:uint32):uint32\n  $a = 5:int64\nelse\n  $a = comm:string[16]',
    );
  });
});

describe('values that user space names', () => {
  it.each([
    ['print(syscall_name(59))', 'emit #0((enum syscall)59:int64)'],
    ['printf("%s", strerror(2))', 'emit #0((enum errno)2:int64)'],
    ['@[signal_name(9)] = 1', '@[(enum signal)9:int64] = 1:int64'],
  ])('%s', (source, expected) => {
    expect(body(source)).toBe(expected);
  });

  it('compares func with a text by the name of the function', () => {
    const text = checkedText('kprobe:vfs_read, kprobe:vfs_write /func == "vfs_read"/ { @++; @f[func] = 1; }');
    expect(text).toContain('kprobe:vfs_read\n  @++\n  @f[func:ksym_t] = 1:int64\nkprobe:vfs_write');
  });

  it('warns when an unsigned value is compared with zero', () => {
    expect(checkedText('kretprobe:vfs_read /retval < 0/ { @++ }')).toContain('always false');
    expect(checkedText('kretprobe:vfs_read /(int64)retval < 0/ { @++ }')).not.toContain('always false');
  });
});
