import { describe, expect, test } from 'vitest';
import { check } from '../check/check.ts';
import type { FileReader } from '../preamble/files.ts';
import { renderDiagnostics } from '../render.ts';
import { testTarget } from '../testing/target.ts';
import { link } from './link.ts';

/** Files by name; a name with a `/` at its end is a folder. */
function reader(files: Readonly<Record<string, string>>): FileReader {
  const text = (name: string): { name: string; text: string } => ({ name, text: files[name] ?? '' });
  const missing = (path: string) => ({ code: 'file-missing', message: `no ${path}` }) as const;
  return {
    include: (path) => (path in files ? text(path) : path.startsWith('linux/') ? null : missing(path)),
    import: (path) => {
      if (path.endsWith('/')) return Object.keys(files).flatMap((name) => (name.startsWith(path) ? [text(name)] : []));
      return path in files ? [text(path)] : missing(path);
    },
  };
}

function linked(source: string, files: Readonly<Record<string, string>> = {}, includes: readonly string[] = []) {
  const { program, diagnostics, sources } = link(source, { files: reader(files), includes });
  const checked = check(program, source, testTarget, {});
  const found = [...diagnostics, ...checked.diagnostics].map((one) => sources.locate(one));
  const text = renderDiagnostics(found, source, 'main.bt');
  return { program, sources, hir: checked.hir, text, codes: found.map(({ code }) => code) };
}

/** The heads of the messages: `file:line:from-to`. */
const places = (text: string): string[] =>
  [...text.matchAll(/^(\S+:\d+:\d+-\d+): (?:ERROR|WARNING)/gm)].map((m) => m[1] ?? '');

describe('files', () => {
  test('headers bring types and constants, scripts bring macros, functions, maps and probes', () => {
    const { text, hir } = linked(
      '#include "a.h"\nimport "lib.bt";\nbegin { $p = (struct a *)0; print($p->y[N - 1]); print(twice(f(4))); }',
      {
        'a.h': '#pragma once\n#include "n.h"\n#include "a.h"\nstruct a { struct b x; int y[N]; };\nint f(void);\n',
        'n.h': '#define N (1 + 1)\nstruct b { char c; };',
        'lib.bt':
          '#!/usr/bin/env bpfscope\n#define TWO 2\nmacro twice($x) { $x * TWO }\nfn f($a : int64) : int64 { return $a; }\nend { print(1); }',
      },
    );
    expect(text).toBe('');
    expect(hir?.probes.map(({ probes }) => probes[0]?.name)).toEqual(['end', 'begin']);
  });

  test('a mistake is told at its place in its file, and the query is told which line brought it', () => {
    const { program, diagnostics, sources } = link('begin { }\nimport "lib.bt";', {
      files: reader({ 'lib.bt': 'import "deep.bt";', 'deep.bt': '\n end { print(1 +); }' }),
    });
    expect(program.items).toHaveLength(2);
    const [found] = diagnostics.map((one) => sources.locate(one));
    expect(found?.file).toMatchObject({ name: 'deep.bt', span: { start: 17, end: 18 } });
    expect(found?.span).toEqual({ start: 10, end: 25 });
    expect(renderDiagnostics([found as NonNullable<typeof found>], 'begin { }')).toBe(
      'deep.bt:2:17-18: ERROR: expected an expression behind `+`, found `)`\n end { print(1 +); }\n                ~\n',
    );
  });

  test('--include counts as no line of the query', () => {
    const { text } = linked('begin { print(N); print(nope); }', { 'n.h': '#define N 3\n' }, ['n.h']);
    expect(places(text)).toEqual(['main.bt:1:25-29']);
  });

  test('a file that is imported twice counts once; a folder brings its files', () => {
    const files = { 'lib/a.bt': 'macro one() { 1 }', 'lib/b.bt': 'import "lib/a.bt"; macro two() { one + one }' };
    expect(linked('import "lib/"; import "lib/a.bt"; begin { print(two); }', files).text).toBe('');
  });

  test.each([
    ['import "a.bt";', { 'a.bt': 'import "b.bt";', 'b.bt': 'import "a.bt";' }, 'cyclic-import', 'b.bt:1:1-14'],
    ['#include "a.h"', { 'a.h': '#include "a.h"' }, 'too-many-files', 'a.h:1:1-15'],
    [
      '#include "a.h"\n#include "a.h"',
      { 'a.h': '#include "b.h"\n#include "b.h"', 'b.h': '#include "a.h"' },
      'too-many-files',
      'b.h:1:1-15',
    ],
    ['import "none.bt";', {}, 'file-missing', 'main.bt:1:1-17'],
    ['#include "a.h"', { 'a.h': '#if 1\nstruct a { int x; };' }, 'syntax', 'a.h:1:1-6'],
    ['import "a.bt";', { 'a.bt': 'config = { max_strlen = 8 }' }, 'syntax', 'a.bt:1:1-28'],
    ['struct a {\n#include "a.h"\n};', { 'a.h': 'int x;' }, 'syntax', 'main.bt:2:1-15'],
  ])('%s is refused', (source, files, code, place) => {
    const { text, codes } = linked(`${source}\nbegin { }`, files as Record<string, string>);
    expect(codes).toEqual([code]);
    expect(places(text)).toEqual([place]);
  });

  test('without a reader no file is read; kernel headers need none', () => {
    const { diagnostics } = link(
      '#include <linux/sched.h>\n#include "net/sock.h"\n#include "x.h"\nimport "x.bt";\nbegin { }',
    );
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'error file-refused',
      'error file-refused',
    ]);
    expect(diagnostics[0]?.message).toContain('cannot read files of the host');
    expect(link('#include <mine.h>\nbegin { }').diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
  });
});

describe('macros of the preamble', () => {
  /** What the body of `begin` is read as: the text of its expansion. */
  function expansion(defines: string, body: string): string {
    const { sources, program, diagnostics } = link(`${defines}\nbegin { ${body} }`);
    expect(diagnostics).toEqual([]);
    const [item] = program.items;
    const { start, end } = item?.kind === 'probe' ? item.body.span : { start: 0, end: 0 };
    return sources.text
      .slice(start + 1, end - 1)
      .replace(/\s+/g, ' ')
      .trim();
  }

  test.each([
    ['#define MAX(a, b) ((a) > (b) ? (a) : (b))', '@ = MAX(1, 2)', '@ = ( ( 1 ) > ( 2 ) ? ( 1 ) : ( 2 ) )'],
    ['#define ADD(a, b) a + b', '@ = ADD(1, 2) * 3', '@ = 1 + 2 * 3'],
    ['#define F(x) x\n#define G(x) F(x)', '@ = G(F(1))', '@ = 1'],
    ['#define SAY(x) printf("%s", #x)', 'SAY(f(a+b,  1))', 'printf ( "%s" , "f(a+b, 1)" )'],
    ['#define CAT(a, b) a ## b', '@ = CAT(co, mm)', '@ = comm'],
    ['#define P(...) printf(__VA_ARGS__)', 'P("%d %d", 1, 2)', 'printf ( "%d %d" , 1 , 2 )'],
    ['#define P(f, ...) printf(f, __VA_ARGS__)', 'P("%d", 1)', 'printf ( "%d" , 1 )'],
    ['#define T struct task_struct *', '@ = sizeof(T)', '@ = sizeof(struct task_struct * )'],
    ['#define NOTHING', 'NOTHING @ = 1', '@ = 1'],
    ['#define NONE() 7', '@ = NONE()', '@ = 7'],
    ['#define TWICE(x) ((x) + \\\n  (x))', '@ = TWICE(1)', '@ = ( ( 1 ) + ( 1 ) )'],
    ['#define F(x) x', '@ = "F(1)" /* F(2) */', '@ = "F(1)" /* F(2) */'],
    ['#define F(x) x\n#undef F\n#define F(x) (2)', '@ = F(1)', '@ = ( 2 )'],
    ['#define A B\n#define B pid', '@ = A', '@ = pid'],
  ])('%s', (defines, body, expected) => {
    expect(expansion(defines, body)).toBe(expected);
  });

  test('spans lead to the text that was written: arguments to themselves, the rest to the use', () => {
    const use = '#define H(x) (x + nope)\nbegin { $a = 1; print(H(bad)); }';
    expect(places(linked(use).text)).toEqual(['main.bt:2:25-28', 'main.bt:2:23-29']);
    const predicate = '#define IS(x) pid == x\nkprobe:vfs_read /IS(nope)/ { @[IS(1)] = count(); }';
    expect(places(linked(predicate).text)).toEqual(['main.bt:2:21-25']);
  });

  test.each([
    ['#define F(x) F(x)', 'F(1)', 'recursive-macro'],
    ['#define F(x) G(x)\n#define G(x) F(x)', '@ = F(1)', 'recursive-macro'],
    ['#define F(x) x', '@ = F(1, 2)', 'macro-arguments'],
    [
      Array.from({ length: 40 }, (_, i) => `#define A${i}(x) A${i + 1}(x) + A${i + 1}(x)`).join('\n') +
        '\n#define A40(x) x',
      '@ = A0(1)',
      'program-too-large',
    ],
    [
      Array.from({ length: 5000 }, (_, i) => `#define A${i}(x) A${i + 1}(x)`).join('\n'),
      '@ = A0(1)',
      'nesting-too-deep',
    ],
    ['#define F(a, a) a', '', 'syntax'],
    ['#define F(1) a', '', 'syntax'],
  ])('a mistake, %#', (defines, body, code) => {
    expect(link(`${defines}\nbegin { ${body} }`).diagnostics.map((one) => one.code)).toEqual([code]);
  });

  test.each([
    ['#define V(a, b) ((a) * 10 + (b))\n#if V(1, 2) == 12', true],
    ['#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)', true],
    ['#if KERNEL_VERSION(6, 1, 300) == 0x601ff', true],
    ['#ifdef KERNEL_VERSION', true],
    ['#define X(a) (a)\n#if X(0)', false],
  ])('%s', (condition, holds) => {
    const { program, diagnostics } = link(`${condition}\nstruct yes { int x; };\n#endif\nbegin { }`);
    expect(diagnostics).toEqual([]);
    expect(program.preamble.some((item) => item.kind === 'c-declaration' && item.active)).toBe(holds);
  });
});
