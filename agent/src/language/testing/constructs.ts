/** What the language consists of, with an example each that the test compiles: the first table of docs/language.md. */

export interface Construct {
  readonly name: string;
  readonly example: string;
  /** Left out: works. Else in words: differs, needs, not supported. */
  readonly state?: string;
  /** The compiler refuses the example, as the state says. */
  readonly refused?: true;
}

const row = (name: string, example: string, state?: string): Construct =>
  state === undefined ? { name, example } : { name, example, state };
const refused = (name: string, example: string, state: string): Construct => ({ name, example, state, refused: true });
const begin = (body: string): string => `begin { ${body} }`;

export const CONSTRUCTS: readonly Construct[] = [
  row('`#!` line, comments', '#!/usr/bin/env bpfscope\n// one\nbegin { /* two */ }'),
  row(
    '`#include` of kernel and C headers',
    '#include <linux/sched.h>\nbegin { }',
    'differs: types come from BTF, constants from a table',
  ),
  row('`#define`, `#if` and their kin', '#define N 3\n#if N > 2\n#define M 1\n#endif\nbegin { print(M); }'),
  row(
    '`#define` with arguments',
    '#define MAX(a, b) ((a) > (b) ? (a) : (b))\nbegin { print(MAX(1, 2)); }',
    'works; bpftrace ignores them',
  ),
  row('`#define` of a whole body', '#define BODY { print(1); }\nbegin BODY', 'works; bpftrace ignores them'),
  row(
    '`struct`, `union`, `enum`, `typedef`',
    'struct a { int x : 3; union { int y; char z[4]; }; }; enum e { A }; typedef struct a b; begin { print(sizeof(b) + A); }',
  ),
  row(
    'a struct with the name of one of the kernel',
    'struct path { int mine; }; begin { print(sizeof(struct path)); }',
  ),
  row('`config = { }`', 'config = { max_map_keys = 10; } begin { }'),
  row('`import "file.bt";`', 'import "lib.bt";\nbegin { }', 'works on the command line; refused over HTTP'),
  refused('`import` in a block', begin('import "stdlib/x";'), 'not supported: it is for bpftrace’s own library'),
  refused('`import "file.bpf.c";`', 'import "file.bpf.c";\nbegin { }', 'not supported: it needs a C compiler'),
  row('`let @m = lruhash(N);`', 'let @m = lruhash(10);\nbegin { @m[1] = 1; }'),
  row(
    '`macro`, by reference, map, expression',
    'macro add($v, @m, e) { $v += e; @m[e] = count(); }\nbegin { $x = 1; add($x, @c, 2); }',
  ),
  row('`fn name($a : type) : type`', 'fn twice($n : uint64) : uint64 { return $n * 2; }\nbegin { print(twice(2)); }'),
  row(
    'Several attach points, wildcards, predicate',
    'tracepoint:sched:sched_*, interval:s:1 /pid > 1/ { @[probe] = count(); }',
  ),
  row('`name=` in front of an attach point', 'first=begin { }'),
  row('Numbers: decimal, `0x`, octal, `_`, `NeM`', begin('print(0x1f + 017 + 1_000 + 1e3);')),
  row('Durations', begin('print(5ms + 1s);')),
  row('Strings and their escapes', begin('print("\\n\\t\\x41\\101\\"");')),
  refused('Binary, floating-point and character literals', begin('print(0b1);'), 'refused, as in bpftrace'),
  row('`$variable`, block scope', begin('$a = 1; { $b = $a; print($b); }')),
  row(
    'A variable used outside of its block',
    begin('if (pid) { $x = 1; } print($x);'),
    'differs: works with a warning',
  ),
  row('`let $v : type = value`', begin('let $v : uint16 = 1; let $w : typeof($v) = 2; print($v + $w);')),
  row('`@map`, `@map[key, key]`, `@`', begin('@ = 1; @a["k", 1] = 2; @b[(1, 2)] = 3;')),
  row(
    'Assignments with an operator, `++`, `--`',
    begin('$a = 1; $a <<= 2; @m[1] += $a++; @n--;'),
    'works; on 4 and 8 bytes no update is lost',
  ),
  row('`_ = value;`', begin('_ = has_key(@m, 1); @m[1] = 1;')),
  row(
    '`if`, `else if`, `else`, also as values',
    begin('$a = if pid > 1 { 1 } else { 2 }; if ($a == 1) { print(1); } else if $a == 2 { print(2); }'),
  ),
  row('Blocks as values', begin('$a = { $b = 2; $b * 2 }; print($a);')),
  row('`a ? b : c`, `a ?: b`', begin('$a = pid ? 1 : 2; print($a ?: 3);')),
  row(
    '`for ($kv : @map)`',
    begin('@m[1] = 2; for ($kv : @m) { print($kv.0); }'),
    'needs bpf_for_each_map_elem (Linux 5.13)',
  ),
  row(
    '`for ($i : a..b)`',
    begin('for ($i : 0..pid) { if ($i > 3) { break; } continue; }'),
    'works; long ranges need bpf_loop (Linux 5.17), which ends after 8,388,608 turns',
  ),
  row(
    '`while`, `unroll`',
    begin('$i = 0; while ($i < 3) { $i++; } unroll(3) { print($i); }'),
    'works; `while` ends after 8,388,608 turns at the latest, before Linux 5.17 when the kernel can see its end',
  ),
  row('`return`, `break`, `continue`', begin('while (pid) { break; } return;')),
  row(
    '`comptime`, `sizeof`, `offsetof`',
    begin('print(comptime (1 + 2)); print(sizeof(uint32) + offsetof(struct path, dentry));'),
  ),
  row(
    '`typeof`, `typeinfo`',
    'config = { unstable_typeinfo = enable } begin { $x = 1; print(typeinfo($x).base_type); print(sizeof(typeof($x))); }',
  ),
  row('`/`, `%`, `>>` of signed numbers', begin('$a = -5; print($a / 2);'), 'works: unsigned, with a warning'),
  row(
    'Comparisons of different signs',
    begin('print((int32)-1 < (uint32)1);'),
    'differs: exact whenever 64 bits hold both',
  ),
  refused('Literals that overflow', begin('print(9223372036854775807 + 1);'), 'refused, as in bpftrace'),
  row('`==` of strings, tuples, arrays', begin('print(comm == "a" && (1, 2) == (1, 2));')),
  row('Positional parameters `$1`, `$#`, `str($1 + 1)`', begin('print($#); print(str($1)); print($2);')),
  row(
    'Types: bool, int8 to uint64, names of BTF and C',
    begin('print((size_t)1); print((unsigned char)300); print((bool)2);'),
  ),
  row('Type: string, `string[N]`', begin('let $s : string[8] = "abc"; print($s[0]); @s = $s;')),
  row('Type: buffer', begin('$b = buf("abc", 3); print($b); @b[$b] = 1;')),
  row(
    'Type: pointers, `&`, `*`, `p + n`, `p[i]`',
    'kprobe:vfs_read { $p = (uint32 *)arg1; print(*$p + $p[2] + *($p + 1)); $x = 1; $q = &$x; print(*$q); }',
  ),
  row(
    'Type: arrays, casts to and from',
    begin('$a = (uint8[4])(uint32)5; $b = (uint8[])(uint32)5; print((uint32)$a); print($b[0]);'),
  ),
  row(
    'Type: structs by BTF and by the script',
    'kprobe:vfs_read { $f = (struct file *)arg0; print($f->f_mode); @s = $f.f_path; }',
  ),
  row('Type: enums', 'enum e { RED, BLUE } begin { print((enum e)1); printf("%s %d\\n", BLUE, BLUE); }'),
  row('Type: tuples', begin('$t = (1, ("a", 2)); print($t.1.0); print($t[0]); $e = (); $o = (1,); print(($e, $o));')),
  row('Type: records', begin('$r = (name = "a", n = 1); print($r.n); @r[$r] = 1;')),
  row(
    'Types: inet, mac_address, ksym_t, usym_t, username_t',
    begin('@[ntop(1), macaddr((uint8[6])1), ksym(1), usym(1), username] = 1;'),
  ),
  row(
    'Types: stacks',
    'profile:hz:99 { @[kstack, ustack(perf, 3)] = count(); @s = kstack(raw); }',
    'works; at most 127 frames',
  ),
  row(
    'Types: timestamp, cgroup_path_t',
    begin('@t = strftime("%H", nsecs); @c = cgroup_path(cgroup);'),
    'works; the cgroup is looked up in version 2',
  ),
  row(
    'Types of aggregates',
    begin(
      '@a = count(); @b = sum(1); @c = avg(1); @d = min(1); @e = max(1); @f = stats(1); @g = hist(1, 2); @h = lhist(1, 0, 10, 1);',
    ),
  ),
  row('Type: tseries', begin('@t = tseries(1, 1s, 5, "max");'), 'works, with the warning that it is unstable'),
  row('Aggregates as numbers', begin('@c = count(); print((int64)@c + 1); if (@c > 0) { @m[@c] = 1; }')),
  row('Types that widen', begin('@a = 1; @a = 5000000000; $p = &@a; print(*$p);')),
  refused('A type for two kinds of values', begin('@a = 1; @a = "text";'), 'refused, as in bpftrace'),
  row('`BEGIN`, `END`, `->`, `delete(@m[k])`, `kfunc`', 'BEGIN { @m[1] = curtask->pid; delete(@m[1]); } END { }'),
  refused(
    '`sarg0`, `delete(@a[1], @a[2])`, `watchpoint:f+arg1`',
    begin('@a[1] = 1; delete(@a[1], @a[2]);'),
    'refused, as in bpftrace; with a quick fix',
  ),
  refused(
    '`exit()` in a `for` loop',
    begin('for ($i : 0..5) { exit(); }'),
    'refused, as in bpftrace; with a quick fix',
  ),
];
