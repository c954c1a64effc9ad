import { describe, expect, test } from 'vitest';
import { renderDiagnostics } from '../render.ts';
import { summarize } from '../testing/summary.ts';
import { parse } from './parse.ts';

/** Text with mistakes, the messages they give, and what is understood all the same. */
const CASES: [string, string[], string][] = [
  ['begin { $x = ; @y = 1 }', ['expected an expression, found `;`'], '[begin] {(= $x (error)); (= @y 1)}'],
  ['begin { $x = 1 $y = 2; @z = 3 }', ['expected `;` or `}`, found `$y`'], '[begin] {(= $x 1); (= @z 3)}'],
  ['begin { $x = 1\n$y = 2 }', ['expected `;` or `}`, found `$y`'], '[begin] {(= $x 1); (= $y 2)}'],
  [
    'begin { if ($x = 1) { exit() } }',
    ['expected `)` to close the parenthesis, found `=`'],
    '[begin] {(if $x {(call exit)})}',
  ],
  ['begin { if (x = 1) { } }', ['a condition cannot assign'], '[begin] {(if (record x=1) {})}'],
  ['begin { foo( } end { 1 }', ['expected an expression, found `}`'], '[begin] {(call foo (error))}\n[end] {1}'],
  ['begin { $a = 1;\nend { 2 }', ['expected `}` to close this block, found `end`'], '[begin] {(= $a 1)}\n[end] {2}'],
  ['begin { @ = 1; ', ['expected `}` to close this block, found the end of the text'], '[begin] {(= @ 1)}'],
  ['begin { } }', ['this `}` closes nothing'], '[begin] {}'],
  ['@x = 1; begin { 1 }', ['statements stand inside a probe'], ''],
  ['begin { args. }', ['expected a field name behind `.`, found `}`'], '[begin] {args.}'],
  ['begin { @[] = 1 }', ['a map key has at least one value'], '[begin] {(= @[] 1)}'],
  ["begin { printf('a') }", ["expected an expression, found `'`"], '[begin] {(call printf (error))}'],
  ['begin { printf("a\\qb); }', ['this string has no closing `"` on its line'], ''],
  ['begin { $x = 08; $y = 1x }', ['octal', 'is not a suffix'], '[begin] {(= $x 0); (= $y 0)}'],
  [
    'begin { $x = 1_; $y = 15e3; $z = 0b1 }',
    ['cannot end in `_`', 'single digit', 'binary'],
    '[begin] {(= $x 0); (= $y 0); (= $z 0)}',
  ],
  ['begin { $x = 18446744073709551616 }', ['does not fit in 64 bits'], '[begin] {(= $x 0)}'],
  ['kprobe:f /pid == / { 1 }', ['expected an expression behind `==`, found `/`'], ''],
  [
    'kprobe:f pid { 1 } begin { }',
    ['expected `{` or a `/predicate/` behind the attach point, found `pid`'],
    '[kprobe|f] {}\n[begin] {}',
  ],
  ['begin { for (i : 1..2) { 1 } 2 }', ['expected a variable `$name` of the loop'], '[begin] {(error); 2}'],
  ['begin { for ($i : 5) { 1 } 2 }', ['a `for` loop runs over a map or a range'], '[begin] {(error); 2}'],
  ['begin { } config = { max_map_keys = 1 }', ['the config block stands before the first probe'], '[begin] {}'],
  ['begin { } struct a { int x; };', ['C declarations and directives stand before the first probe'], '[begin] {}'],
  ['begin { } #if { 1 }', ['directives stand in lines of their own, before the first probe'], '[begin] {}\n[#if] {1}'],
  ['begin { /* }', ['expected `}` to close this block', 'this comment is not closed by `*/`'], '[begin] {}'],
  ['begin { else { } }', ['expected an expression, found `else`'], '[begin] {(error)}'],
  ['fn f($a) : void { } begin { }', ['expected `:` and the type of the argument, found `)`'], '[begin] {}'],
];

describe('mistakes', () => {
  test.each(CASES)('%s', (text, messages, tree) => {
    const { program, diagnostics } = parse(text);
    expect(diagnostics.map((d) => d.message)).toEqual(messages.map((m) => expect.stringContaining(m) as string));
    if (tree !== '') expect(summarize(program)).toBe(tree);
  });
});

describe('hints', () => {
  test.each([
    ['kprobe: vfs_read { }', 'without spaces'],
    ['begin { if (1) { } elif (2) { } }', 'else if'],
    ["begin { print('a') }", 'double quotes'],
    ['begin { if ($a and $b) { } }', '&&'],
    ['begin { $x = struct foo; }', 'cast'],
    ['begin { else { } }', 'closing brace of its `if`'],
    ['begin { for ($i = 0; $i < 5; $i++) { } }', 'for ($i : 0..10)'],
    ['let $x = 1; begin { }', 'let @m = lruhash(1000);'],
    ['begin { "\\q" }', 'escapes are'],
  ])('%s', (text, hint) => {
    expect(parse(text).diagnostics[0]?.hint).toContain(hint);
  });
});

describe('as text', () => {
  test('the span is underlined, the hint follows', () => {
    const source = 'begin {\n\tif ($x = 1) { }\n}';
    expect(renderDiagnostics(parse(source).diagnostics, source)).toBe(
      'stdin:2:9-10: ERROR: expected `)` to close the parenthesis, found `=`\n' +
        '\tif ($x = 1) { }\n' +
        '\t       ~\n' +
        'HINT: use `==` to compare; an assignment is a statement of its own\n',
    );
  });

  test('a span over several lines names them and underlines the first', () => {
    const source = 'begin { }\nconfig = {\n}';
    expect(renderDiagnostics(parse(source).diagnostics, source, 'a.bt')).toMatch(
      /^a\.bt:2-3: ERROR: .*\nconfig = {\n~{10}\n/,
    );
  });

  test('of a very long line only the part around the span is shown', () => {
    const source = `begin { ${'@x = 1; '.repeat(10_000)} $y = ; }`;
    const text = renderDiagnostics(parse(source).diagnostics, source);
    expect(text.length).toBeLessThan(700);
    const [, line = '', tildes = ''] = text.split('\n');
    expect(line[tildes.indexOf('~')]).toBe(';');
  });
});
