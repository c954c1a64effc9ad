import { describe, expect, test } from 'vitest';
import { summarize } from '../testing/summary.ts';
import { parse } from './parse.ts';
import type { ParseOptions } from './cursor.ts';

function check(cases: Record<string, string>, options: ParseOptions = {}): void {
  test.each(Object.entries(cases))('%s', (text, expected) => {
    const { program, diagnostics } = parse(text, options);
    expect(diagnostics).toEqual([]);
    expect(summarize(program)).toBe(expected);
  });
}

describe('statements', () => {
  check({
    'begin { $x = 1 }': '[begin] {(= $x 1)}',
    'begin { @x[1] <<= 2; @x[1] >>= 3; @ |= 4 }': '[begin] {(<<= @x[1] 2); (>>= @x[1] 3); (|= @ 4)}',
    'begin { let $x; let $y = 1; let $z : uint8 = 2; let $w : typeof($x) }':
      '[begin] {(let $x); (let $y 1); (let $z:uint8 2); (let $w:typeof($x))}',
    'begin { _ = 5; }': '[begin] {(discard 5)}',
    'begin { if (1) { } $x = 2 }': '[begin] {(if 1 {}); (= $x 2)}',
    'begin { if 1 { } else { }; $x = 2 }': '[begin] {(if 1 {} {}); (= $x 2)}',
    'begin { while ($x < 5) { $x++; } }': '[begin] {(while (< $x 5) {(_++ $x)})}',
    'begin { unroll (5) { @++ } unroll 3 { break; continue; } }':
      '[begin] {(unroll 5 {(_++ @)}); (unroll 3 {(break); (continue)})}',
    'begin { for ($kv : @map) { print($kv.0); } }': '[begin] {(for $kv @map {(call print $kv.0)})}',
    'begin { for $i : 0..10 { } for ($i : $t.0..$n + 1) { return; } }':
      '[begin] {(for $i 0..10 {}); (for $i $t.0..(+ $n 1) {(return)})}',
    'begin { return 1 }': '[begin] {(return 1)}',
    'begin { { $x = 1 } { 2 } }': '[begin] {{(= $x 1)}; {2}}',
    'begin { import "stdlib/x"; }': '[begin] {(import "stdlib/x")}',
    'begin { ;; $x = 1;; }': '[begin] {(= $x 1)}',
    'begin { if ($x) { 1 } *$p }': '[begin] {(if $x {1}); (u* $p)}',
  });
});

describe('probes', () => {
  check({
    'kprobe:vfs_read,kretprobe:vfs_read { }': '[kprobe|vfs_read], [kretprobe|vfs_read] {}',
    'kprobe:a ,\n kprobe:b, /pid/ { }': '[kprobe|a], [kprobe|b] /pid/ {}',
    'name=kprobe:a { }': 'name=[kprobe|a] {}',
    'BEGIN{ } END/1/{ }': '[BEGIN] {}\n[END] /1/ {}',
    'kprobe:f/pid == 1/{ }': '[kprobe|f] /(== pid 1)/ {}',
    'kprobe:f / @x[tid] / 2 / { }': '[kprobe|f] /(/ @x[tid] 2)/ {}',
    'kprobe:f / (1 / 2) / /* why */ { }': '[kprobe|f] /(/ 1 2)/ {}',
    'kprobe:f // why\n{ }': '[kprobe|f] {}',
    'uprobe:/usr/lib/*.so:mal* /pid/ { }': '[uprobe|/usr/lib/*.so|mal*] /pid/ {}',
    'uprobe:"/my dir/{x},y":"f(int, int)"+1 { }': '[uprobe|/my dir/{x},y|f(int, int)+1] {}',
    'usdt:/bin/x:"a:b":c { }': '[usdt|/bin/x|a:b|c] {}',
    'tracepoint:sched:sched_* { }': '[tracepoint|sched|sched_*] {}',
    '*:vfs_* { }': '[*|vfs_*] {}',
    'profile:hz:99 { }': '[profile|hz|99] {}',
    'interval:1s { }': '[interval|1s] {}',
    'w:0x1000:8:rw { }': '[w|0x1000|8|rw] {}',
    'uprobe:$1:$2 { }': '[uprobe|$1|$2] {}',
    'iter:task_file:/sys/fs/bpf/x { }': '[iter|task_file|/sys/fs/bpf/x] {}',
  });
});

describe('positional parameters are substituted into attach points', () => {
  check(
    { 'kprobe:$1_$2/$3/ { }': '[kprobe|a_f] /$3/ {}', 'uprobe:$1:"$2" { }': '[uprobe|a|$2] {}' },
    { positional: ['a', 'f'] },
  );

  test('a missing one is reported', () => {
    const { diagnostics } = parse('kprobe:$2 { }', { positional: ['a'] });
    expect(diagnostics).toMatchObject([
      { message: expect.stringContaining('$2') as string, span: { start: 7, end: 9 } },
    ]);
  });
});

describe('top level', () => {
  check({
    '#!/usr/bin/env bpftrace\nbegin { }': '[begin] {}',
    'import "a.bt"; import "b";\nbegin { }': 'import "a.bt"\nimport "b"\n[begin] {}',
    'let @m = lruhash(1000); begin { }': 'let @m = lruhash(1000)\n[begin] {}',
    'macro f($a, @b, c, $d : uint8) { $a = 1; c }':
      'macro f(variable:a, map:b, identifier:c, variable:d:uint8) {(= $a 1); => c}',
    'macro one { 1 } begin { one + 1 }': 'macro one() {=> 1}\n[begin] {(+ one 1)}',
    'fn f($a : uint8, $b : struct x *) : void { return; }': 'fn f(a:uint8, b:struct x*):void {(return)}',
    '': '',
    '// nothing\n/* at all */': '',
  });

  test('the config block', () => {
    const { program, diagnostics } = parse(
      'config = { max_map_keys = 10; stack_mode=perf; license = "GPL"; lazy_symbolication=true }',
    );
    expect(diagnostics).toEqual([]);
    expect(program.config?.entries.map(({ key, value }) => [key, value.kind])).toEqual([
      ['max_map_keys', 'int'],
      ['stack_mode', 'word'],
      ['license', 'string'],
      ['lazy_symbolication', 'bool'],
    ]);
  });

  test('comments are kept once each, whatever looked ahead over them', () => {
    const { program } = parse('// a\nbegin /* b */ { $x = (/* c */ struct /* d */ y *)1; // e\n}');
    expect(program.comments.map((comment) => comment.text)).toEqual(['// a', '/* b */', '/* c */', '/* d */', '// e']);
  });
});
