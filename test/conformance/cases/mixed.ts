import { table } from '../case.ts';

/** Several features at work together. */
export const mixed = table([
  [
    'tuples are compared',
    'BEGIN { $t = (1, "ab"); print($t == (1, "ab")); print($t != (2, "ab")); print((1, 2) == (1, 3)); }',
    ['true', 'true', 'false'],
  ],
  [
    'strings grow',
    'BEGIN { $s = str_concat("abc", "def"); $b = "x"; $b = $s; print($b); print(strlen($s)); @c = "ab"; @c = "a longer string"; }',
    ['abcdef', '6', '@c: a longer string'],
  ],
  [
    'aggregates in expressions',
    'BEGIN { @a["k"] = count(); @a["k"] = count(); @b = sum(5); if (@a["k"] > 1 && @b == 5) { print(@a["k"] + 1); } $x = @b * 2; printf("%d %d\\n", $x, @a["k"]); @m[@a["k"]] = 1; }',
    ['3', '10 2', '@a[k]: 2', '@b: 5', '@m[2]: 1'],
  ],
  [
    'loop over counts',
    'BEGIN { @c[1] = count(); @c[2] = count(); @c[2] = count(); for ($kv : @c) { printf("%d %d\\n", $kv.0, $kv.1); } clear(@c); }',
    [/^1 1$/m, /^2 2$/m],
  ],
  [
    'macros with blocks',
    'macro larger(a, b) { $x = a; $y = b; if ($x > $y) { $x } else { $y } } macro more(a) { larger(a, 3) + 3 } BEGIN { print(larger(3, 9)); print(more(1)); $x = 100; print(larger($x, 1)); }',
    ['9', '6', '100'],
  ],
  [
    'macros by number of arguments',
    'macro add(a, b) { a + b } macro add(a) { a + 1 } BEGIN { print(add(1, 2)); print(add(5)); }',
    ['3', '6'],
  ],
  [
    'macros swap',
    'macro swap($a, $b) { let $t = $a; $a = $b; $b = $t; } BEGIN { $x = 1; $y = 2; swap($x, $y); printf("%d %d\\n", $x, $y); }',
    ['2 1'],
  ],
  [
    'functions return early',
    'fn square($n : uint64) : uint64 { if ($n > 10) { return 100; } return $n * $n; } BEGIN { print(square(4)); print(square(40)); }',
    ['16', '100'],
  ],
  [
    'nested blocks as values',
    'BEGIN { $b = { $c = 10; if ($c > 5) { $c } else { 0 } }; print($b); $d = if $b == 10 { "ten" } else { "other" }; print($d); }',
    ['10', 'ten'],
  ],
  [
    'deleting while looping',
    'BEGIN { @x[1] = 1; @x[2] = 2; for ($kv : @x) { if ($kv.0 == 2) { continue; } delete(@x, $kv.0); } print(len(@x)); clear(@x); }',
    ['1'],
  ],
  [
    'nested map loops',
    'BEGIN { @a[1] = 1; @a[2] = 2; $n = 0; for ($k : @a) { for ($l : @a) { $n += $k.1 * $l.1; } } print($n); clear(@a); }',
    ['9'],
  ],
  [
    'return inside a loop',
    'BEGIN { for ($i : 0..5) { if ($i == 2) { return; } print($i); } print("never"); }',
    ['0', '1'],
  ],
  [
    'nested break and continue',
    'BEGIN { for ($i : 0..3) { for ($j : 0..3) { if ($j == 1) { continue; } if ($i == 2) { break; } printf("%d%d ", $i, $j); } } printf("\\n"); }',
    ['00 02 10 12 '],
  ],
  [
    'find',
    'BEGIN { $x = 5; if (find(@m, 3, $x)) { print("no"); } @m[3] = 8; if (find(@m, 3, $x)) { print($x); } clear(@m); }',
    ['8'],
  ],
  [
    'many arguments',
    'BEGIN { printf("%d %d %d %d %d %d %d %d %d %d %d %d\\n", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12); }',
    ['1 2 3 4 5 6 7 8 9 10 11 12'],
  ],
  [
    'keys of four kinds',
    'BEGIN { @["a", 1, true, (uint8)3] = 5; for ($kv : @) { printf("%s %s\\n", $kv.0.0, $kv.0); } clear(@); }',
    ['a (a, 1, true, 3)'],
  ],
  [
    'bytes',
    'BEGIN { $b = buf("\\x00\\x01\\xff", 3); print($b); printf("%r|%s\\n", $b, "a\\x00b"); }',
    ['\\x00\\x01\\xff', '\\x00\\x01\\xff|a'],
  ],
  [
    'linear buckets with units',
    'BEGIN { @l = lhist(5, 0, 4096, 1024); @l = lhist(5000, 0, 4096, 1024); @m = lhist(-3, -10, 10, 5); }',
    [/^\[0, 1K\) +1 \|/m, /^\[3K, 4K\) +0 \|/m, /^\[4K, \.\.\.\) +1 \|/m, /^\[-5, 0\) +1 \|/m],
  ],
  [
    'unary operators',
    'BEGIN { print(-true); print(~(uint8)1); print((uint8)~1); print(!(1 == 2)); }',
    ['-1', '18446744073709551614', '254', 'true'],
  ],
  [
    'negative statistics',
    'BEGIN { @s = stats(5); @s = stats(-7); @v[1] = avg(-5); }',
    ['@s: { .count = 2, .average = -1, .total = -2 }', '@v[1]: -5'],
  ],
  [
    'a tuple where a wider one is kept',
    'BEGIN { $t = (-1, "ab"); $u = (5000000000, "longer"); $u = $t; print($u); @k[$u] = 1; @k[$t] += 1; print($t == $u); $w = ((uint8)200, 1); print($w == (200, 1)); }',
    ['(-1, ab)', 'true', 'true', '@k[-1, ab]: 2'],
  ],
  [
    'a record where a wider one is kept, from a map and from a loop',
    'BEGIN { @a[1] = (n = 1, s = "x"); $r = @a[1]; $r = (n = $r.n + 1, s = "text"); print($r); for ($kv : @a) { $r = $kv.1; @b[$kv.0] = $r; } clear(@a); }',
    ['{ .n = 2, .s = text }', '@b[1]: { .n = 1, .s = x }'],
  ],
  [
    'tuples in tuples, buffers and addresses get wider too',
    'BEGIN { $a = ((1, "x"), (a = 1, b = (2, buf("yy", 2)))); $b = ((5000000000, "xxxxx"), (a = -5000000000, b = (300, buf("abcdef", 6)))); $b = $a; print($b); print(pid > 0 ? $a : $b); $p = (curtask, 1); $q = (curtask, 5000000000); $q = $p; print($q.0.pid == tid); }',
    ['((1, x), { .a = 1, .b = (2, yy) })', '((1, x), { .a = 1, .b = (2, yy) })', 'true'],
  ],
  [
    'fn with a narrower tuple',
    'fn same($t : typeof(((int64)1, "abcdef"))) : typeof(((int64)1, "abcdef")) { return $t; } BEGIN { $x = (1, "ab"); print(same($x)); @m[same($x)] = 1; }',
    ['(1, ab)', '@m[1, ab]: 1'],
  ],
  [
    'a tuple or record is made of itself',
    'macro swap($t) { $t = ($t.1, $t.0); } BEGIN { $t = ("abc", "de"); $t = ($t.1, $t.0); print($t); swap($t); print($t); $r = (a = 1, b = (2, 3)); $r = (a = $r.b.1, b = ($r.a, $r.b.0)); print($r); $p = &$t; $t = ("z", (*$p).0); print($t); for ($i : 0..101) { $t = ($t.1, $t.0); } print($t); }',
    ['(de, abc)', '(abc, de)', '{ .a = 3, .b = (1, 2) }', '(z, abc)', '(abc, z)'],
  ],
]);
