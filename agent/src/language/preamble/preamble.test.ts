import { describe, expect, test } from 'vitest';
import type { ParseOptions } from '../parser/cursor.ts';
import { parse } from '../parser/parse.ts';
import { summarizeDef, summarizeExpr } from '../testing/summary.ts';

function types(text: string, options: ParseOptions = {}): string {
  const { program, diagnostics } = parse(text, options);
  expect(diagnostics).toEqual([]);
  expect(program.items).toEqual([]);
  return program.preamble
    .flatMap((item) => (item.kind === 'c-declaration' ? item.types.map(summarizeDef) : []))
    .join('; ');
}

describe('declarations', () => {
  test.each([
    ['struct a { int x; char *y; };', 'struct a {x: int, y: *char}'],
    ['struct a { long unsigned x }', null],
    [
      'struct a { const unsigned long long x, y; u8 z[2][3]; }',
      'struct a {x: unsigned long long, y: unsigned long long, z: [2][3]u8}',
    ],
    [
      'struct a { unsigned a : 3, : 2, b : 1 + 1; };',
      'struct a {a: unsigned int:3, : unsigned int:2, b: unsigned int:2}',
    ],
    [
      'struct a { union { int i; short s; }; struct { int j; } n; };',
      'struct a {: union  {i: int, s: short}, n: struct  {j: int}}',
    ],
    ['struct a { struct b { int i; } c; struct b *d; };', 'struct b {i: int}; struct a {c: struct b, d: *struct b}'],
    [
      'struct a { int (*f)(int, char *); int (*g[3])(void); void (*h)(void (*)(int)); };',
      'struct a {f: *function, g: [3]*function, h: *function}',
    ],
    ['struct a { char flex[]; char zero[0]; };', 'struct a {flex: []char, zero: [0]char}'],
    ['struct a { char c; int i; } __attribute__((packed));', 'struct a {c: char, i: int} packed'],
    ['struct __attribute__((packed, aligned(4))) a { int i; };', 'struct a {i: int} packed aligned(4)'],
    ['struct a { int i __attribute__((aligned(8))); } __attribute__((preserve_access_index));', 'struct a {i: int}'],
    [
      'struct a { u8 __user *p; struct rcu_head rcu __attribute__((x)); } __packed;',
      'struct a {p: *u8, rcu: struct rcu_head} packed',
    ],
    ['enum e { A, B = 5, C, D = 1 << 4 | B, E = -1 };', 'enum e {A=0, B=5, C=6, D=21, E=-1}'],
    ['enum { A, B, }; struct s { int x[B + 1]; };', 'enum  {A=0, B=1}; struct s {x: [2]int}'],
    [
      'typedef unsigned int u32_t, *u32_p; typedef struct { int x; } s_t;',
      'typedef u32_t = unsigned int; typedef u32_p = *unsigned int; typedef s_t = struct  {x: int}',
    ],
    ['typedef int (*fn_t)(void);', 'typedef fn_t = *function'],
    ['struct a; union b { int x; }', 'union b {x: int}'],
    ['#define N 4\n#define M (N * 2)\nstruct a { int x[M + sizeof(long)]; };', 'struct a {x: [16]int}'],
    ["#define N 'a'\nstruct a { int x[N]; };", 'struct a {x: [97]int}'],
    ['struct a { char comm[TASK_COMM_LEN]; };', 'struct a {comm: [16]char}'],
    ['struct a {\n#ifdef X\n int x;\n#else\n int y;\n#endif\n};', 'struct a {y: int}'],
    ['struct a { // one\n int x; /* two */ };', 'struct a {x: int}'],
  ])('%s', (text, expected) => {
    if (expected === null) expect(parse(text).diagnostics).toHaveLength(1);
    else expect(types(text)).toBe(expected);
  });

  test('names of sizes may come from the host', () => {
    expect(types('struct a { int x[NR]; };', { constants: (name) => (name === 'NR' ? 7n : null) })).toBe(
      'struct a {x: [7]int}',
    );
  });

  test.each([
    ['struct a { int x[NOPE]; };', '`NOPE` is not a constant'],
    ['struct a { int x[1 / 0]; };', 'no result'],
    ['struct a { int x : 65; };', '0 to 64 bits'],
    ['struct a { int x; ', 'expected a name, found `{`'],
    ['struct a { int x; } *p;', 'expected `;`'],
    ['struct a { 5 };', 'expected a C type'],
    ['struct a { int x[-1]; };', 'an array has 0 to'],
  ])('%s is refused, what follows is read', (text, message) => {
    const { program, diagnostics } = parse(`${text}\nbegin { }`);
    expect(diagnostics.map((d) => d.message)).toEqual([expect.stringContaining(message)]);
    if (!text.endsWith('; ')) expect(program.items).toHaveLength(1);
  });
});

describe('directives', () => {
  const active = (text: string): string[] =>
    parse(text).program.preamble.flatMap((item) =>
      item.kind === 'c-declaration' && item.active ? item.types.map((t) => t.name) : [],
    );

  test.each([
    ['#ifdef BPFTRACE_HAVE_BTF\nstruct a {};\n#else\nstruct b {};\n#endif', ['a']],
    ['#ifndef BPFTRACE_HAVE_BTF\n#include <x.h>\nstruct a {};\n#endif\nstruct b {};', ['b']],
    ['#if 0\nstruct a {};\n#elif 1\nstruct b {};\n#elif 1\nstruct c {};\n#else\nstruct d {};\n#endif', ['b']],
    ['#if defined(A) || !defined B\nstruct a {};\n#endif', ['a']],
    ['#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 0, 0)\nstruct a {};\n#endif', ['a']],
    ['#if 0\n#if 1\nstruct a {};\n#else\nstruct b {};\n#endif\n#else\nstruct c {};\n#endif', ['c']],
    ['#define X 3\n#if X == 3 && X > 2 ? 1 : 0\nstruct a {};\n#endif\n#undef X\n#ifdef X\nstruct b {};\n#endif', ['a']],
  ])('%s', (text, expected) => {
    expect(parse(text).diagnostics).toEqual([]);
    expect(active(text)).toEqual(expected);
  });

  test('what is switched off is kept for printing', () => {
    const { program } = parse('#if 0\n not C at all {{{ \n#endif\nbegin { }');
    expect(program.preamble.map((item) => [item.text, item.active])).toEqual([
      ['#if 0', true],
      ['not C at all {{{', false],
      ['#endif', true],
    ]);
  });

  test.each([
    ['#define A 5', '5'],
    ['#define A (1 << 3) // eight', '(<< 1 3)'],
    ['#define A "text"', '"text"'],
    ["#define A 'b'", '98'],
    ['#define A (1UL << 2)', '(<< 1 2)'],
    ['#define A', null],
    ['#define A(x) x + 1', null],
    ['#define A struct foo', null],
  ])('%s', (text, expected) => {
    const [item] = parse(text).program.preamble;
    const define = item?.kind === 'directive' ? item.define : undefined;
    expect(define?.name).toBe('A');
    expect(define?.value ? summarizeExpr(define.value) : null).toBe(expected);
  });

  test('includes name their file', () => {
    const { program } = parse('#include <linux/sched.h>\n#include "mine.h"\n# include <net/sock.h> // why\n');
    expect(program.preamble.map((item) => item.kind === 'directive' && item.include)).toEqual([
      'linux/sched.h',
      'mine.h',
      'net/sock.h',
    ]);
  });

  test.each([
    ['#endif', 'closes nothing'],
    ['#else', 'belongs to no'],
    ['#if 1', 'not closed by `#endif`'],
    ['#include foo', 'an include names its file'],
    ['#nonsense', 'is not a directive'],
    ['#error stop here', 'stop here'],
    ['#if (1\n#endif', 'expected `)`'],
  ])('%s is refused', (text, message) => {
    expect(parse(text).diagnostics[0]?.message).toContain(message);
  });
});
