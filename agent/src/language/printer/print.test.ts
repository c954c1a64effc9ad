import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from '../parser/parse.ts';
import { tokens } from '../service/tokens.ts';
import { randomProgram, withoutSpans } from '../testing/random-tree.ts';
import { format, print } from './print.ts';

/** The text with comments put in front of some of its tokens. */
function sprinkle(source: string, places: readonly number[]): { text: string; count: number } {
  const starts = tokens(source).map((token) => token.start);
  const chosen = [...new Set(places.map((place) => starts[place % Math.max(starts.length, 1)] ?? 0))].sort(
    (a, b) => b - a,
  );
  let text = source;
  chosen.forEach((start, i) => {
    const comment =
      i % 3 === 0 ? ` // comment ${i}\n` : i % 3 === 1 ? ` /* comment ${i} */ ` : `\n\n/* over\n  lines ${i} */\n`;
    text = text.slice(0, start) + comment + text.slice(start);
  });
  return { text, count: chosen.length };
}

const comments = (source: string): string[] => parse(source).program.comments.map((comment) => comment.text.trimEnd());

describe('any tree', () => {
  test('parse(print(tree)) is the tree again', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const again = parse(print(program));
        expect(again.diagnostics).toEqual([]);
        expect(withoutSpans(again.program)).toEqual(withoutSpans(program));
      }),
      { numRuns: 100 },
    );
  }, 30_000);

  test('formatting keeps the tree and every comment, and formatting again changes nothing', () => {
    fc.assert(
      fc.property(randomProgram, fc.array(fc.nat(), { maxLength: 5 }), (program, places) => {
        const { text, count } = sprinkle(print(program), places);
        const once = format(text);
        expect(once.diagnostics).toEqual([]);
        expect(withoutSpans(parse(once.text ?? '').program)).toEqual(withoutSpans(program));
        expect(comments(once.text ?? '')).toEqual(comments(text));
        expect(comments(text)).toHaveLength(count);
        expect(format(once.text ?? '').text).toBe(once.text);
      }),
      { numRuns: 100 },
    );
  }, 30_000);
});

describe('style', () => {
  test.each([
    [
      'tracepoint:raw_syscalls:sys_enter{@[comm]=count()}',
      'tracepoint:raw_syscalls:sys_enter {\n  @[comm] = count();\n}\n',
    ],
    ['kprobe:f/pid==1/{}', 'kprobe:f /pid == 1/ { }\n'],
    ['kprobe:a,kprobe:b/1/{}', 'kprobe:a,\nkprobe:b\n/1/ { }\n'],
    [
      'begin{if(1){exit()}else if $x{1}else{2}}',
      'begin {\n  if (1) {\n    exit();\n  } else if ($x) {\n    1;\n  } else {\n    2;\n  }\n}\n',
    ],
    ['begin{$x=if(1){2}else{3}}', 'begin {\n  $x = if (1) { 2 } else { 3 };\n}\n'],
    ['begin{for $i:0..10{}while 1{break}}', 'begin {\n  for ($i : 0..10) { }\n  while (1) {\n    break;\n  }\n}\n'],
    ['begin{$x=@a-- -6- -$y}', 'begin {\n  $x = @a-- - 6 - -$y;\n}\n'],
    ['begin{$x=((1+2)*3)-(4-5)}', 'begin {\n  $x = (1 + 2) * 3 - (4 - 5);\n}\n'],
    ['begin{$x=-(-1);$y= &(&@m)}', 'begin {\n  $x = - -1;\n  $y = & &@m;\n}\n'],
    ['begin{$p=(struct a*)arg0;let $q:uint8**}', 'begin {\n  $p = (struct a *)arg0;\n  let $q : uint8 **;\n}\n'],
    ['config={a=1;b=c}begin{}', 'config = {\n  a = 1;\n  b = c;\n}\n\nbegin { }\n'],
    [
      'import "a";import "b";let @m=hash(1);macro f($a){$a+1}',
      'import "a";\nimport "b";\n\nlet @m = hash(1);\n\nmacro f($a) { $a + 1 }\n',
    ],
    ['#include <a.h>\nstruct a { int   x; };\nbegin{}', '#include <a.h>\nstruct a { int   x; };\n\nbegin { }\n'],
    [
      '#define BODY { @ = count(); }\n#define N 2\nkprobe:f /pid/ BODY\nkprobe:g BODY\nkprobe:h /pid / N/ { }',
      '#define BODY { @ = count(); }\n#define N 2\n\nkprobe:f /pid/ {\n  BODY;\n}\n\nkprobe:g {\n  BODY;\n}\n\nkprobe:h /pid / N/ { }\n',
    ],
    ['#!/usr/bin/env bpftrace\nbegin{}', '#!/usr/bin/env bpftrace\nbegin { }\n'],
    ['begin { @x = 1 }\n// between\nend { }', 'begin {\n  @x = 1;\n}\n\n// between\nend { }\n'],
    [
      'begin { // why\n @x = 1; // one\n\n\n /* two */ @y = 2 // three\n}',
      'begin {\n  // why\n  @x = 1; // one\n\n  /* two */\n  @y = 2; // three\n}\n',
    ],
    ['begin { printf("%d /* no */", /* yes */ 1) }', 'begin {\n  printf("%d /* no */", /* yes */ 1);\n}\n'],
    [
      'begin { printf("%d %d\\n", // format\n 1 /* one */, // of\n // two\n 2 // last\n) }',
      'begin {\n  printf(\n    "%d %d\\n", // format\n    1 /* one */, // of\n    // two\n    2 // last\n  );\n}\n',
    ],
    ['begin { f(1 /* a */, /* b */ 2 /* c */); }', 'begin {\n  f(1 /* a */, /* b */ 2 /* c */);\n}\n'],
    [
      'begin { @a[ // pid\n pid, comm] = // two\n 1 + // one\n 2; // three\n}',
      'begin {\n  @a[\n    // pid\n    pid,\n    comm\n  ] = 1 + // two\n    // one\n    2; // three\n}\n',
    ],
    [
      'begin { $x = { /* a */ $y = 1; // b\n $y } /* c */; /* d */ }',
      'begin {\n  $x = {\n    /* a */\n    $y = 1; // b\n    $y\n  }; /* c */ /* d */\n}\n',
    ],
    [
      'begin { if (1) { f(); } // then\n // otherwise\n else { } /* x */ }',
      'begin {\n  if (1) {\n    f();\n  } // then\n  // otherwise\n  else { } /* x */\n}\n',
    ],
    [
      'kprobe:a, // the a\nkprobe:b // the b\n// why\n/pid/ // pid\n// body\n{ }',
      'kprobe:a, // the a\nkprobe:b // the b\n// why\n/pid/ // pid\n// body\n{ }\n',
    ],
    ['\n#!/usr/bin/env bpftrace\nbegin { }', '\n#!/usr/bin/env bpftrace\n\nbegin { }\n'],
    ['begin { "\\x41\\n\\xff\\"" }', 'begin {\n  "A\\n\\xff\\"";\n}\n'],
    ['', ''],
    ['// only', '// only\n'],
  ])('%j', (source, expected) => {
    expect(format(source).text).toBe(expected);
  });

  test('what is too long breaks at its arguments and operators', () => {
    const source = `begin { printf("%s %s %s %s\\n", ${Array.from({ length: 6 }, (_, i) => `$variable_number_${i}`).join(', ')}); $x = ${Array.from({ length: 8 }, (_, i) => `$condition_${i}`).join(' && ')} }`;
    const { text } = format(source);
    expect(text?.split('\n').every((row) => row.length <= 100)).toBe(true);
    expect(text).toContain('printf(\n    "%s %s %s %s\\n",\n    $variable_number_0,\n');
    expect(text).toContain('$x = $condition_0 &&\n    $condition_1 &&\n');
  });

  test('text with mistakes is not touched', () => {
    expect(format('begin { $x = ; }')).toMatchObject({ text: null, diagnostics: [{ severity: 'error' }] });
  });
});
