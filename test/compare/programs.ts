/**
 * Programs in the language of bpftrace 0.17 whose output is the same on every host and at any time; what the two print is
 * compared, so no expectation stands here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each prints one line. */
const VALUES: readonly string[] = [
  ...['1', '-1', '0x7f', '255', '65536', '4294967295', '9223372036854775807', '1e6', '1_000', '0xdeadbeef'],
  ...[
    '1 + 2',
    '7 - 9',
    '6 * 7',
    '7 / 2',
    '7 % 3',
    '1 << 40',
    '256 >> 4',
    '12 & 10',
    '12 | 3',
    '12 ^ 10',
    '~5',
    '-(-3)',
  ],
  ...['2 + 3 * 4', '(2 + 3) * 4', '100 - 10 - 1', '2 * 3 % 4', '1 << 2 + 1', '1 | 2 ^ 3 & 4', '1 ? 2 : 3', '0 ? 2 : 3'],
  ...['(uint8)257', '(int8)255', '(uint16)65537', '(int32)4294967295', '(uint64)5', '(int64)-5', '(uint8)-1'],
  ...['"text"', '""', '"with space"', '"tab\\tquote\\"back\\\\"', '"Zürich"', '(1, 2)', '(1, "a", 3)', '(1, (2, "b"))'],
  ...['sizeof(uint8)', 'sizeof(uint64)', 'strncmp("abc", "abd", 2)', 'strncmp("abc", "abc", 3)'],
  ...['ntop(0x0100007f)', 'ntop(2, 0x0100007f)', 'macaddr("x")', 'kaddr("vfs_read") - kaddr("vfs_read")'],
  ...['ksym(kaddr("vfs_read"))', 'bswap((uint32)0x12345678)', 'bswap((uint16)0x1234)', 'strerror(2)', 'signal("x")'],
  ...['buf("abc", 3)', 'buf("a\\x01", 2)', 'str("abcdef")', 'uid', 'gid', 'cpid', 'pton("127.0.0.1")'],
];

/** printf() of one conversion and its arguments. */
const FORMATS: readonly (readonly [format: string, ...args: string[]])[] = [
  ...[
    '%d',
    '%i',
    '%u',
    '%x',
    '%X',
    '%o',
    '%5d|',
    '%-5d|',
    '%05d',
    '%+d',
    '% d',
    '%#x',
    '%#o',
    '%.3d',
    '%8.3d|',
  ].flatMap((format) => ['0', '7', '255', '-3'].map((value): [string, string] => [format, value])),
  ...['%ld', '%lu', '%lx', '%lld', '%llu', '%llx', '%hhd', '%hd', '%hhu', '%hu', '%hx', '%zd', '%jd'].flatMap(
    (format) => ['1', '70000', '1099511627776', '-1'].map((value): [string, string] => [format, value]),
  ),
  ...['%s', '%10s|', '%-10s|', '%.2s|', '%6.2s|', '%-6.2s|'].flatMap((format) =>
    ['"abc"', '""', '"longer than ten"'].map((value): [string, string] => [format, value]),
  ),
  ...['%p', '%16p|', '%-16p|'].map((format): [string, string] => [format, '0xffff']),
  ...['%c', '%3c|', '%-3c|'].map((format): [string, string] => [format, '65']),
  ['%d %s %x', '1', '"two"', '3'],
  ['%r', 'buf("ab\\x01", 3)'],
  ['%d%%', '5'],
  ['plain'],
  ['%s', 'ntop(0x0100007f)'],
  ['%s', 'ksym(kaddr("vfs_read"))'],
];

/** Statements; the maps that they leave are printed at the end. */
const STATEMENTS: readonly string[] = [
  '@ = 5;',
  '@a = 1; @b = -2;',
  '@ = "text";',
  '@[1] = 2; @[2] = 1;',
  '@["b"] = 1; @["a"] = 2;',
  '@[1, "x"] = 3; @[2, "w"] = 3;',
  '@[-5] = 1; @[5] = 1; @[0] = 1;',
  '@["k"] = "v"; @["a"] = "z";',
  '@ = (1, "a"); @k[1] = (2, "bc", 3);',
  '@ = count(); @ = count();',
  '@["a"] = count(); @["b"] = count(); @["b"] = count();',
  '@ = sum(5); @ = sum(-7);',
  '@[1] = sum(10); @[2] = sum(3);',
  '@ = avg(10); @ = avg(21);',
  '@["x"] = avg(4); @["y"] = avg(6); @["y"] = avg(8);',
  '@ = min(5); @ = min(2); @ = min(9);',
  '@ = max(5); @ = max(2); @ = max(9);',
  '@[1] = max(5); @[1] = max(8); @[2] = max(1);',
  '@ = hist(0);',
  '@ = hist(1); @ = hist(2); @ = hist(3); @ = hist(1000);',
  '@ = hist(-1); @ = hist(0); @ = hist(65536);',
  '@["a"] = hist(5); @["b"] = hist(7); @["b"] = hist(100);',
  '@ = hist(1023); @ = hist(1024); @ = hist(1048576); @ = hist(2147483647);',
  '@ = lhist(5, 0, 100, 10);',
  '@ = lhist(-5, 0, 100, 10); @ = lhist(50, 0, 100, 10); @ = lhist(500, 0, 100, 10);',
  '@[1] = lhist(1, 0, 10, 1); @[2] = lhist(9, 0, 10, 1); @[2] = lhist(9, 0, 10, 1);',
  '@ = lhist(1000, 0, 4096, 512); @ = lhist(3000, 0, 4096, 512);',
  '@ = lhist(-15, -20, 20, 5); @ = lhist(3, -20, 20, 5);',
  '@++; @++; @n--;',
  '@[1]++; @[1]++; @[2]--;',
  '@ = 10; @ += 5; @ -= 3; @ *= 2; @ /= 4; @ %= 4; @ |= 8; @ &= 12; @ ^= 1; @ <<= 3; @ >>= 1;',
  '@[1] = 1; @[2] = 2; delete(@[1]);',
  '@[1] = 1; clear(@); @b = 2;',
  '@[1] = 7; @[2] = 8; zero(@);',
  '@[1] = 1; print(@); clear(@);',
  '@["x"] = 3; print(@["x"]); clear(@);',
  '@[1] = sum(1000); @[2] = sum(3000); @[3] = sum(2000); print(@, 2); print(@, 1, 1000); print(@, 0, 10); clear(@);',
  '@ = hist(4); @ = hist(4); @ = hist(9); print(@, 0, 2); clear(@);',
  '@["a"] = hist(1); @["b"] = hist(2); @["b"] = hist(2); print(@, 1); clear(@);',
  '$a = 5; $b = $a * 2; $a += $b; printf("%d %d\\n", $a, $b);',
  '$a = 3; print($a++); print(++$a); print($a--); print(--$a);',
  '$s = "abc"; printf("%s %d\\n", $s, 1); @[$s] = 1;',
  '$t = (1, "ab", 3); print($t); print($t.0); print($t.1); @ = $t;',
  'if (1 < 2) { printf("less\\n"); } else { printf("more\\n"); }',
  '$i = 7; if ($i == 1) { print(1); } else if ($i == 7) { print(7); } else { print(0); }',
  '$i = 0; while ($i < 4) { printf("%d,", $i); $i++; } printf("\\n");',
  '$i = 0; while (1) { $i++; if ($i == 2) { continue; } if ($i > 4) { break; } printf("%d,", $i); } printf("\\n");',
  '$i = 1; unroll (4) { printf("%d,", $i); $i *= 2; } printf("\\n");',
  '$x = 5 > 3 ? "yes" : "no"; printf("%s\\n", $x);',
  'printf("a\\tb\\\\c\\"d\\"\\x41\\101\\n");',
  'printf("%d ", 1); printf("%d\\n", 2);',
  'printf("no newline");',
  'printf("%s\\n", str($1)); printf("%d\\n", $2);',
  'print("a"); print(1); print((1, "b"));',
  '@m[1, 2, 3] = 1; @m[1, 2, 4] = 2; @m[0, 9, 9] = 2;',
  '@["a", 1] = count(); @["a", 2] = count(); @["a", 2] = count(); @["b", 1] = count();',
  '@x[0] = "a"; @x[1] = "b"; printf("%s%s\\n", @x[0], @x[1]);',
  '@a = 1; @b = @a; @c[1] = @a + @b;',
  'cat("/proc/sys/kernel/ostype");',
  'cat("/proc/sys/kernel/%s", "ostype");',
  'printf("%s\\n", ntop(0x0100007f)); @[ntop(0x0200007f)] = 1;',
  '@[ksym(kaddr("vfs_read"))] = 1;',
  '@ = ksym(kaddr("vfs_write"));',
  '@[(uint8)1] = 1; @[(uint8)255] = 2;',
  '@ = (int32)-5; @u = (uint32)5;',
  'time("%Y\\n"); printf("%s\\n", strftime("%Y", nsecs));',
  '@[1] = (1, 2); @[2] = (3, 4); printf("%d\\n", @[2].1);',
  'if (strncmp("abcdef", "abcxyz", 3) == 0) { printf("same\\n"); }',
  'if ("abc" == "abc") { printf("equal\\n"); } if ("abc" != "abd") { printf("other\\n"); }',
  '@a[1] = 1; @a[1000000] = 2; @a[4294967296] = 3;',
  '@s[""] = 1; @s["a b"] = 2;',
];

/** With structs and enums of their own. */
const WITH_TYPES: readonly string[] = [
  'struct of_script { int a; char b; }; BEGIN { print(sizeof(struct of_script)); exit(); }',
  'struct of_script { int a; char b[8]; }; BEGIN { print(sizeof(struct of_script)); $p = (struct of_script *)0; print($p->a); exit(); }',
  'struct packet_p { char c; int i; } __attribute__((packed)); BEGIN { print(sizeof(struct packet_p)); exit(); }',
  'union sample_u { int i; char c[4]; }; BEGIN { print(sizeof(union sample_u)); exit(); }',
  '#define LIMIT 42\nBEGIN { print(LIMIT); @[LIMIT] = LIMIT * 2; exit(); }',
  '#ifdef NOTHING\n#define X 1\n#else\n#define X 2\n#endif\nBEGIN { print(X); exit(); }',
  'enum e { A, B = 5, C }; BEGIN { print(C + 0); printf("%d %d\\n", A, B); exit(); }',
  'BEGIN { @a = 1; exit(); } END { @b = 2; printf("end\\n"); }',
  'BEGIN { @a = 1; exit(); } END { clear(@a); }',
  'BEGIN /1 == 1/ { printf("yes\\n"); exit(); }',
  'BEGIN /1 == 2/ { printf("no\\n"); } interval:ms:10 { printf("done\\n"); exit(); }',
  'interval:ms:60 { @n++; if (@n == 3) { exit(); } }',
  'interval:ms:60 { @n++; print(@n); if (@n == 3) { clear(@n); exit(); } }',
  'BEGIN { @start = nsecs; } interval:ms:20 { @ok = nsecs > @start; delete(@start); exit(); }',
  'BEGIN { @x[1] = 1; } interval:ms:10 { @x[2] = @x[1] + 1; exit(); } END { printf("%d\\n", @x[2]); }',
  '// a comment\nBEGIN { /* another */ printf("x\\n"); exit(); } // the end\n',
  'profile:hz:99 { @ = count(); } interval:ms:60 { exit(); } END { clear(@); printf("end\\n"); }',
  'tracepoint:syscalls:sys_enter_nanosleep { @[probe] = count(); } interval:ms:10 { exit(); } END { clear(@); }',
  'tracepoint:raw_syscalls:sys_enter { @ = count(); } interval:ms:20 { exit(); } END { clear(@); printf("%d\\n", 1); }',
];

/** One program a line: `⏎` is a line break, parameters follow behind ` %% `. */
const CORPUS = readFileSync(join(import.meta.dirname, 'corpus.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [program = '', args = ''] = line.replaceAll('⏎', '\n').split(' %% ');
    return { name: program, program: ended(program), ...(args === '' ? {} : { args: args.split(' ') }) };
  });

/** Older versions do not end by themselves. */
function ended(program: string): string {
  return /exit\s*\(/.test(program) ? program : `${program} interval:ms:30 { exit(); }`;
}

const quoted = (format: string): string => `"${format}\\n"`;

export const PROGRAMS: readonly {
  readonly name: string;
  readonly program: string;
  readonly args?: readonly string[];
}[] = [
  ...VALUES.map((value) => ({ name: `print(${value})`, program: `BEGIN { print(${value}); exit(); }` })),
  ...VALUES.map((value) => ({ name: `@ = ${value}`, program: `BEGIN { @ = ${value}; exit(); }` })),
  ...VALUES.map((value) => ({ name: `@[${value}]`, program: `BEGIN { @[${value}] = 1; exit(); }` })),
  ...FORMATS.map(([format, ...args]) => ({
    name: `printf ${format} ${args.join()}`,
    program: `BEGIN { printf(${[quoted(format), ...args].join(', ')}); exit(); }`,
  })),
  ...STATEMENTS.map((text) => ({
    name: text,
    program: `BEGIN { ${text} exit(); }`,
    ...(text.includes('$1') ? { args: ['word', '3'] } : {}),
  })),
  ...WITH_TYPES.map((program) => ({ name: program, program })),
  ...CORPUS,
];
