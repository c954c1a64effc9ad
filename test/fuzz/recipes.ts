/**
 * Every kind of bad text that a query may be, in any size: what the fuzzer sends through the compiler and what
 * test/bench/bad-input.ts measures.
 */
import type { Random } from './random.ts';

/** Text of about so many characters. */
export type Recipe = (random: Random, size: number) => string;

const fill = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
const lines = (size: number, line: (n: number) => string): string => {
  const out: string[] = [];
  for (let n = 0, length = 0; length < size; n++) {
    const text = line(n);
    out.push(text);
    length += text.length + 1;
  }
  return out.join('\n');
};
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.below(10)).join('');

const BRACKETS = [
  '(',
  '[',
  '{',
  '(1,',
  '@a[',
  'f(',
  '-(',
  '!',
  'if (1) {',
  '$x = {',
  '(struct a *)',
  '"',
  '/*',
  '1 ? ',
];
const OPERATORS = ['+', '-', '*', '/', '%', '&&', '||', '==', '<<', '|', '^', ',', '?', ':', '.', '->', '=', '..'];
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const nested: Recipe = (random, size) => {
  const open = Array.from({ length: random.below(3) + 1 }, () => random.pick(BRACKETS)).join('');
  const times = Math.floor(size / open.length / 2);
  const closing = [...open].reverse().map((c) => CLOSERS[c] ?? '');
  return `begin { $a = ${open.repeat(times)}1${random.below(2) === 0 ? closing.join('').repeat(times) : ''}; }`;
};

export const RECIPES: Readonly<Record<string, Recipe>> = {
  bytes: (random, size) =>
    Buffer.from(Uint8Array.from({ length: size }, () => random.below(256))).toString(random.pick(['latin1', 'utf8'])),
  'printable bytes': (random, size) =>
    String.fromCharCode(...Array.from({ length: Math.min(size, 50_000) }, () => 32 + random.below(95))),
  nested,
  'long chain': (random, size) => `begin { $a = 1; $b = $a ${fill(`${random.pick(OPERATORS)} $a `, size)}; }`,
  'long integer': (random, size) => `begin { $a = ${random.pick(['', '0x', '0', '1_'])}${digits(random, size)}; }`,
  'long string': (_, size) => `begin { print("${fill('ab\\x41\\n', size)}"); }`,
  'long name': (random, size) => `begin { ${random.pick(['$', '@', ''])}${fill('name', size)} = 1; }`,
  'long probe': (random, size) =>
    `${random.pick(['kprobe:', 'tracepoint:', 'uprobe:', 'interval:', 'x:'])}${fill(random.pick(['a', '*', 'a*', ':', '"a"', '\\']), size)} { }`,
  'many probes': (_, size) => lines(size, (n) => `interval:ms:${n + 1} { @a${n % 50} = count(); }`),
  'many points': (_, size) => `${fill('tracepoint:raw_syscalls:sys_enter,\n', size)}begin { @ = 1; }`,
  'many wildcards': (_, size) =>
    lines(Math.min(size, 2000), () => 'tracepoint:syscalls:sys_enter_r* { @[probe] = count(); }'),
  'many maps': (_, size) => `begin { ${lines(size, (n) => `@a${n}[${n}] = ${n};`)} }`,
  'many variables': (_, size) => `begin { ${lines(size, (n) => `$v${n} = nsecs + ${n};`)} print($v0); }`,
  'many mistakes': (random, size) =>
    `begin { ${lines(size, (n) => random.pick([`$a${n} = b${n};`, `f${n}(x);`, `@a = "x"; @a = ${n};`]))} }`,
  'many prints': (_, size) => `begin { ${lines(size, (n) => `printf("%d %s\\n", ${n}, "text ${n}");`)} }`,
  'macros of macros': (random, size) =>
    `${lines(size / 2, (n) => `macro m${n + 1}(a) { m${n}(a) + m${random.pick([n, n + 1, 0])}(a) }`)} macro m0(a) { a } begin { print(m${random.below(60)}(1)); }`,
  'macros that use themselves': (_, size) =>
    `${lines(size / 2, (n) => `macro a${n}(x) { a${(n * 7) % 13}(x) }`)} begin { a1(1); }`,
  'functions that call themselves': (_, size) =>
    `${lines(size / 2, (n) => `fn f${n}($a: int64): int64 { return f${n + 1}($a); }`)} begin { print(f0(1)); }`,
  'defines of defines': (random, size) =>
    `#define d0 1\n${lines(size, (n) => `#define d${n + 1} d${n} ${random.pick(['+', '*', ''])} d${random.pick([n, n + 1])}`)}\nbegin { print(d${random.below(100)}); }`,
  'a define of itself': (random, size) =>
    `#define N ${fill(random.pick(['(N ', 'N ', 'N(', 'N + (']), size)}(1 << 3)\nstruct a { int x; char b[N]; };\nbegin { print(N); }`,
  conditionals: (random, size) =>
    `${lines(size, (n) => random.pick(['#if 1', `#ifdef A${n}`, '#else', '#endif', '#elif 0']))}\nbegin { }`,
  'structs of structs': (random, size) =>
    `${lines(size, (n) => `struct s${n + 1} { struct s${random.pick([n, n + 1])} a[${random.below(99)}]; int b; };`)}\nbegin { print(sizeof(struct s20)); }`,
  'cyclic types': (_, size) =>
    `${lines(size, (n) => `struct s${n} { struct s${(n * 5) % 11} a; };`)}\nbegin { print(sizeof(struct s3)); }`,
  'cyclic files': (random, size) => lines(size, () => random.pick(['#include "b.h"', 'import "b.bt";'])),
  loops: (random, size) =>
    `begin { ${fill(random.pick(['while (1) { ', 'for ($i : 0..9) { ', 'unroll (100) { ']), Math.min(size, 4000))} }`,
  unrolled: (random, size) =>
    `begin { unroll (${random.below(10_000)}) { ${lines(Math.min(size, 2000), (n) => `@a${n}++;`)} } }`,
  strings: (random, size) =>
    `begin { ${lines(Math.min(size, 8000), (n) => `@s${n % 9} = str_concat(str(${n}), comm);`)} }${random.below(2) ? '}' : ''}`,
  'unknown probes': (random, size) =>
    lines(
      size,
      (n) =>
        `${random.pick(['kprobe:no_', 'tracepoint:no:a', 'tracepoint:sched:no', 'fentry:no', 'rawtracepoint:no', 'uprobe:/bin/no:a', 'software:no', 'nothing:a'])}${n} { @ = count(); }`,
    ),
  'unknown points of a probe': (_, size) => `${lines(size, (n) => `kprobe:no_${n},`)}kprobe:a { @ = count(); }`,
  'unknown fields': (random, size) =>
    `tracepoint:sched:sched_switch { ${lines(size, (n) => random.pick([`print(args.no_${n});`, `print(curtask.no_${n});`, `@[curtask.mm.x${n}] = count();`, `print((a = 1).x${n});`]))} }`,
  'unknown functions': (_, size) => `begin { ${lines(size, (n) => `func_${n}(${n}, "a");`)} }`,
  'unknown names': (_, size) => `begin { ${lines(size, (n) => `print(name_${n});`)} }`,
  'unknown types': (random, size) =>
    `begin { ${lines(size, (n) => random.pick([`print(((struct no_${n} *)1).a);`, `print(sizeof(struct no${n}));`, `let $x${n}: no_${n} = 1;`]))} }`,
  'unknown variables': (random, size) =>
    `begin { ${lines(size, (n) => random.pick([`print($x${n});`, `$y = @no${n};`, `@c[$z${n}]++;`]))} }`,
  'wrong arguments': (random, size) =>
    `begin { ${lines(size, (n) => random.pick([`printf("%d %s %d", ${n});`, `@h${n % 7} = hist("a", ${n});`, `@l = lhist(${n});`, `print(str("a", "b", ${n}));`, `delete(${n});`, `kstack(${n}, comm, 3);`, `signal(${n});`]))} }`,
  'wrong uses of maps': (random, size) =>
    `begin { @c = count(); ${lines(size, (n) => random.pick([`@c = ${n};`, `@c[${n}] = 1;`, `@k[${n}] = 1; @k = 2;`, `@m${n % 9} = hist(1); @m${n % 9} = sum(1);`, `@t[${n}, "a"] = 1; @t["a"] = 2;`]))} }`,
  'types that do not fit': (random, size) =>
    `begin { $s = "a"; @v = 1; ${lines(size, (n) => random.pick([`$s = ${n};`, `@v = "t${n}";`, `print($s + ${n});`, `print((1, "a") < ${n});`, `if ("a" == ${n}) { }`, `print(-"t${n}");`]))} }`,
  'values that grow': (_, size) => `begin { ${lines(size, (n) => `@v${n} = (@v${n + 1}, 1); @v${n + 1} = "a";`)} }`,
  'types known at the end': (_, size) =>
    `begin { ${lines(size, (n) => `$v = @m${n}; @m${n} = @m${n + 1};`)} @m0 = 1; }`,
  'parameters that are not there': (_, size) =>
    `begin { ${lines(size, (n) => `print($${n + 1}); print(str($${n + 99}));`)} }`,
  'numbers with garbage': (random, size) =>
    `begin { ${lines(size, (n) => `print(${n}${random.pick(['_', 'x', 'e', 'e99', 'zs', '.5', '0x', '__1', 'abc', 'ULLU', 'e-1'])});`)} }`,
  'strings of escapes': (random, size) =>
    `begin { ${lines(size, () => `print("${fill(random.pick(['\\', '\\q', '\\x', '\\xzz', '\\777', '\\n\\1', '\\u1234']), 40)}");`)} }`,
  'braces that stay open': (random, size) =>
    lines(size, (n) => `kprobe:f${n} { ${random.pick(['if (1) {', '{ {', '$a = (', '@[', 'f(', ''])} }`),
  'braces that open nothing': (random, size) =>
    lines(size, (n) => `interval:s:${n} ${random.pick(['} }', '{ } }', ') {', '] }'])}`),
  'strings that stay open': (_, size) => lines(size, (n) => `begin { print("${n}); }`),
  'a comment that stays open': (_, size) => `begin { /* ${fill('{ ( " ', size)}`,
  'many macros': (_, size) =>
    `${lines(size, (n) => `macro m${n}(a, $b, @c) { @c = a + $b; }`)} begin { $x = 1; m1(1, $x, @y); }`,
  'many uses of a macro': (_, size) =>
    `macro m($a, b) { $a += b; if ($a > b) { print((b, $a, unknown)) } } begin { $x = 1; ${fill('m($x, 2); ', size)} }`,
  'wrong uses of a macro': (random, size) =>
    `macro m($a, b) { $a += b; } begin { $x = 1; ${lines(size, (n) => random.pick([`m(${n});`, `m(1, ${n});`, `m(@a, ${n});`]))} }`,
  'many functions': (_, size) =>
    `${lines(size, (n) => `fn f${n}($a: int64, $b: string): int64 { return $b; }`)} begin { f1(1, 2); }`,
  'points of one probe': (_, size) => `${lines(size, (n) => `interval:ms:${n + 1},`)}interval:s:1 { @ = unknown; }`,
  'wildcards that match all': (random, size) =>
    `${lines(Math.min(size, 3000), () => `${random.pick(['kprobe:*', 'tracepoint:*:*', 'rawtracepoint:*', 'fentry:*', 'kprobe:*a*b*c*'])} { @ = count(); }`)}`,
  'wildcards that match nothing': (random, size) =>
    lines(
      size,
      (n) =>
        `${random.pick(['kprobe:', 'tracepoint:sched:', 'tracepoint:', 'rawtracepoint:', 'fentry:'])}*no_*${n}*a* { @ = count(); }`,
    ),
  'config of nonsense': (_, size) => `config = { ${lines(size, (n) => `no_${n} = ${n};`)} } begin { }`,
  'maps declared twice': (random, size) =>
    `${lines(size, (n) => `let @m${n % 50} = ${random.pick(['hash', 'no', 'lruhash', 'percpuhash'])}(${n});`)} begin { @m1[1] = 1; }`,
  'two of everything': (_, size) =>
    `${lines(size, (n) => `struct s { int a${n}; }; enum e { A, B${n} };`)}\nbegin { print(sizeof(struct s)); }`,
  words: (random, size) =>
    lines(size, () =>
      random.pick([
        'begin',
        'if',
        'else',
        'for',
        'while',
        'macro',
        'fn',
        'let',
        'config',
        'import',
        'struct',
        'unroll',
        'return',
        'sizeof',
        'true',
        'x',
      ]),
    ),
  'uses of a macro that stay open': (random, size) =>
    `#define F(x) x\n#define S(a, ...) #a\nbegin { ${fill(random.pick(['F( ', 'S(F( ', 'F(F(1) ', 'F(1), ']), size)} }`,
  'uses of a macro in themselves': (_, size) =>
    `#define F(x) x\nbegin { print(${fill('F(', size / 2)}1${fill(')', size / 4)}); }`,
  'directives with open comments': (random, size) =>
    `${fill(random.pick(['#define A /*\n', '#if 1 /*\n', '#pragma /* //\n']), size)}begin { }`,
  'wildcards of many stars': (random, size) =>
    `config = { missing_probes = "${random.pick(['error', 'warn', 'ignore'])}" } ${lines(size, (n) => `kprobe:*a*a*a*a*a*${random.pick(['b', 'a?', `${n}`])} { }`)}`,
  'attach points that need not be there': (random, size) =>
    `config = { missing_probes = "ignore" } ${lines(Math.min(size, 8000), (n) => `${random.pick(['kprobe:no_', 'tracepoint:*:no_*', 'fentry:x*', 'uprobe:libc:no_', 'usdt:libc:no_', 'uprobe:no_', 'uprobe:/bin/bash@a.c:1'])}${n} { }`)} begin { }`,
  'wildcards of paths': (random, size) =>
    lines(
      size,
      (n) =>
        `uprobe:${random.pick(['/*/*/*/*/*/*', '/**/x', '/proc/*/root/*/*', '/usr/*/*/lib*so*', fill('/*', 300)])}${n}:a { }`,
    ),
  'uses of one binary': (random, size) =>
    lines(
      size,
      (n) =>
        `uprobe:libc:${random.pick(['no_', 'malloc+', '0x2000', '*a*b', 'cpp:"a<b>::*"', 'cpp:a'])}${n} { @ = count(); }`,
    ),
  'types of types': (_, size) =>
    `begin { let $v0 = 1; ${lines(size, (n) => `let $v${n + 1}: typeof(($v${n}, $v${n}));`)} }`,
  'values that double': (random, size) =>
    `begin { $a0 = (1, 1); @a0 = (1, "a"); ${lines(size, (n) => random.pick([`$a${n + 1} = ($a${n}, $a${n});`, `@a${n + 1} = (@a${n}, @a${n});`]))} }`,
  'typedefs backwards': (_, size) =>
    `${lines(size, (n) => `typedef struct { t${n + 1} *a[2]; } t${n};`)}\nbegin { print(sizeof(t0)); }`,
  'else ifs': (random, size) =>
    `begin { if (pid == 0) { } ${lines(size, (n) => `else if (${random.pick(['pid', 'comm'])} == ${random.pick([`${n}`, `"${n}"`])}) { @ = ${n} }`)} }`,
  choices: (random, size) =>
    `begin { $a = ${lines(size, (n) => `pid == ${n} ? ${random.pick(['1', '(1, 2)', '"a"', 'comm'])} :`)} 0; }`,
  'keys in keys': (_, size) => `begin { ${fill('@[', size / 2)}1${fill(']', size / 2)} = 1; }`,
  'a variable that is set often': (random, size) =>
    `begin { $x = pid; ${lines(size, () => random.pick(['$x += pid;', '$x *= 3;', '$x <<= 2;', '$x++;']))} @ = $x; }`,
  'wide values': (random, size) =>
    `begin { ${random.pick(['@ = (', '@[', 'print((', '@ = (a = '])}${lines(size, () => random.pick(['pid,', '1,', 'comm,', '(1, 2),']))}`,
  comments: (random, size) => fill(random.pick(['// a\n', '/* a */', '/* ', '#! a\n', '/']), size),
};

/** Files that include and import each other. */
export const FILES = {
  include: (name: string) => ({ name, text: '#include "b.h"\n#define deep(x) deep(x) x\nstruct in_b { int a; };' }),
  import: (name: string) => [{ name, text: 'import "b.bt"; begin { @b = deep(1); }' }],
};
