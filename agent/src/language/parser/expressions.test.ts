import { describe, expect, test } from 'vitest';
import { summarizeStmt } from '../testing/summary.ts';
import { parse } from './parse.ts';

/** The one statement of a probe; fails when anything was reported. */
function statement(text: string, preamble = ''): string {
  const { program, diagnostics } = parse(`${preamble}begin { ${text} }`);
  expect(diagnostics).toEqual([]);
  const probe = program.items.find((item) => item.kind === 'probe');
  return probe?.body.statements.map(summarizeStmt).join('; ') ?? '';
}

function check(cases: Record<string, string>, preamble = ''): void {
  test.each(Object.entries(cases))('%s', (text, expected) => {
    expect(statement(text, preamble)).toBe(expected);
  });
}

describe('precedence, loosest to tightest', () => {
  check({
    '$a ? $b : $c ? $d : $e': '(? $a $b (? $c $d $e))',
    '$a ?: $b': '(? $a $b)',
    '$a || $b && $c': '(|| $a (&& $b $c))',
    '$a && $b | $c': '(&& $a (| $b $c))',
    '$a | $b ^ $c & $d': '(| $a (^ $b (& $c $d)))',
    '$a & $b == $c': '(& $a (== $b $c))',
    '$a == $b < $c': '(== $a (< $b $c))',
    '$a < $b << $c': '(< $a (<< $b $c))',
    '$a << $b + $c': '(<< $a (+ $b $c))',
    '$a + $b * $c': '(+ $a (* $b $c))',
    '$a * $b % $c / $d': '(/ (% (* $a $b) $c) $d)',
    '$a - $b - $c': '(- (- $a $b) $c)',
    '($a - $b) - ($c - $d)': '(- (- $a $b) (- $c $d))',
    '$a * -$b': '(* $a (u- $b))',
    '!$a == $b': '(== (u! $a) $b)',
    '*$a.b': '(u* $a.b)',
    '-$a[0]->b': '(u- $a[0]->b)',
    '$a - -1': '(- $a (u- 1))',
    '1 + 2 ? 3 : 4': '(? (+ 1 2) 3 4)',
  });
});

describe('prefix and postfix', () => {
  check({
    '$x++': '(_++ $x)',
    '--@m[1]': '(--_ @m[1])',
    '@m[1, 2]--': '(_-- @m[1, 2])',
    '~$x': '(u~ $x)',
    '&@m': '(u& @m)',
    '!!$x': '(u! (u! $x))',
    '$x.0.1': '$x.0.1',
    '$kv.1.name': '$kv.1.name',
    'args->filename': 'args->filename',
    '@m[1][2]': '@m[1][2]',
    'args.import': 'args.import',
    'comptime 1 + 2': '(+ (comptime 1) 2)',
  });
});

describe('literals', () => {
  check({
    '0x1F': '31',
    '017': '15',
    '1_000_000': '1000000',
    '1e6': '1000000',
    '5ms': '5000000ns',
    '1m': '60000000000ns',
    '10UL': '10',
    '18446744073709551615': '18446744073709551615',
    true: 'true',
    '"a\\tb\\"\\x41\\101\\\\"': '"a\\tb\\"AA\\\\"',
    '"\\377"': '"\\udcff"',
    '$1 + $#': '(+ $1 $#)',
  });
});

describe('parentheses', () => {
  check({
    '$x = ()': '(= $x (tuple))',
    '$x = (1,)': '(= $x (tuple 1))',
    '$x = (1, (2, 3))': '(= $x (tuple 1 (tuple 2 3)))',
    '$x = (a = 1, b = (c = 2))': '(= $x (record a=1 b=(record c=2)))',
    '$x = (a == 1)': '(= $x (== a 1))',
    '(struct sock *)arg0': '(<struct sock*> arg0)',
    '((struct sock *)arg0)->a.b': '(<struct sock*> arg0)->a.b',
    '(struct sock *)arg0->a': '(<struct sock*> arg0->a)',
    '(uint64)-1': '(<uint64> (u- 1))',
    '(size_t) - 1': '(<size_t> (u- 1))',
    '(pid) - 1': '(- pid 1)',
    '(arg0) * 2': '(* arg0 2)',
    '(retval) - 1': '(- retval 1)',
    '(int8[4])$x': '(<int8[4]> $x)',
    '(uint8 **)$x': '(<uint8**> $x)',
    '(unsigned long)$x': '(<unsigned long> $x)',
    '(long unsigned int *)$x': '(<unsigned long*> $x)',
    '(typeof($y))$x': '(<typeof($y)> $x)',
    '(foo)($x)': '(<foo> $x)',
    '(foo) == 1': '(== foo 1)',
    '(foo)[0]': 'foo[0]',
    '(foo)++': '(_++ foo)',
    '(int32)(int8)$x': '(<int32> (<int8> $x))',
  });
});

describe('a name that the script defines is a value in parentheses', () => {
  const preamble = '#define LIMIT 5\nenum e { FIRST };\nmacro twice(x) { (x) * 2 }\n';
  check({ '(LIMIT) - 1': '(- LIMIT 1)', '(FIRST) & 3': '(& FIRST 3)', '(twice) * 2': '(* twice 2)' }, preamble);
});

describe('calls and operators on types', () => {
  check({
    'printf("%d", pid)': '(call printf "%d" pid)',
    'nsecs(monotonic)': '(call nsecs monotonic)',
    'kstack(perf, 3)': '(call kstack perf 3)',
    'delete(@m[1], 2)': '(call delete @m[1] 2)',
    'sizeof(struct foo)': '(sizeof <struct foo>)',
    'sizeof(uint8)': '(sizeof <uint8>)',
    'sizeof($x)': '(sizeof $x)',
    'sizeof(pid)': '(sizeof pid)',
    'sizeof(*$x)': '(sizeof (u* $x))',
    'offsetof(struct foo, a.b)': '(offsetof <struct foo> a.b)',
    'offsetof($x, a)': '(offsetof $x a)',
    'typeinfo($x).base_type': '(typeinfo $x).base_type',
    'container_of($x, struct foo, list)': '(call container_of $x (typeof <struct foo>) list)',
  });
});

describe('if and blocks as values', () => {
  check({
    '$x = if ($a) { 1 } else { 2 }': '(= $x (if $a {=> 1} {=> 2}))',
    '$x = if $a { 1 } else if $b { 2 } else { 3 }': '(= $x (if $a {=> 1} (if $b {=> 2} {=> 3})))',
    '$x = { $y = 1; $y + 1 }': '(= $x {(= $y 1); => (+ $y 1)})',
    '$x = { $y = 1; }': '(= $x {(= $y 1)})',
    '$x = { if ($a) { 1 } else { 2 } }': '(= $x {=> (if $a {=> 1} {=> 2})})',
    'if ($a) { exit() }': '(if $a {(call exit)})',
    'if ($a) { if ($b) { exit() } else { 1 } }': '(if $a {(if $b {(call exit)} {1})})',
    '1 + if $a { 1 } else { 2 } * 3': '(+ 1 (* (if $a {=> 1} {=> 2}) 3))',
  });
});
