import { table } from '../case.ts';

export const structs = table([
  [
    'members and anonymous members',
    'struct s { int a; char b[8]; struct { int c; }; union { int d; char e[4]; }; } BEGIN { printf("%d %d %d\\n", sizeof(struct s), offsetof(struct s, c), offsetof(struct s, e)); }',
    ['20 12 16'],
  ],
  [
    'bit fields',
    'struct bf { unsigned a:3; unsigned b:5; int c:4; uint64_t d:40; }; BEGIN { print(sizeof(struct bf)); }',
    ['8'],
  ],
  [
    'bit fields on the stack and in a map, also across words, as C has them',
    'struct bits { uint64_t low : 5; uint64_t mid : 20; int64_t high : 39; }; struct torn { uint64_t a : 61; uint64_t b : 60; int32_t c : 31; int64_t d : 40; } __attribute__((packed)); BEGIN { $a = (int64)-123456789012345; $p = (struct bits *)&$a; print(($p->low, $p->mid, $p->high)); print(*$p); @t = ((int64)-1234567890123456789, (int64)987654321987654321, (int64)-5555555555555); $q = (struct torn *)&@t; print(($q->a, $q->b, $q->c, $q->d)); print(*$q); }',
    [
      '(7, 1020164, -3679300)',
      '{ .low = 7, .mid = 1020164, .high = -3679300 }',
      '(1071275119090237163, 983705548260152719, 181636742, -331137)',
      '{ .a = 1071275119090237163, .b = 983705548260152719, .c = 181636742, .d = -331137 }',
      '@t: (-1234567890123456789, 987654321987654321, -5555555555555)',
    ],
  ],
  ['packed', 'struct p { char c; int i; } __attribute__((packed)); BEGIN { print(sizeof(struct p)); }', ['5']],
  [
    'nested, arrays, pointers',
    'struct a { short x; }; struct b { char c; struct a a[3]; struct b *next; }; BEGIN { printf("%d %d\\n", sizeof(struct b), offsetof(struct b, next)); }',
    ['16 8'],
  ],
  ['typedef of a struct', 'typedef struct { int a; int b; } pair_t; BEGIN { print(sizeof(pair_t)); }', ['8']],
  [
    'typedef of a number',
    'typedef unsigned short tiny; BEGIN { print(sizeof(tiny)); print((tiny)65537); }',
    ['2', '1'],
  ],
  [
    'character arrays are texts, also where they are full',
    'struct banner { char c[5]; char d; int8_t v[3]; char w[2][2]; }; BEGIN { $t = "Linux version 1"; $p = (struct banner *)kptr((uint64)&$t); print($p->c); print(*$p); print($p->w); printf("%s|%-7s|%.3s\\n", $p->c, $p->c, $p->c); @[$p->c] = 1; @x = $p->c; }',
    [
      'Linux',
      '{ .c = Linux, .d = 32, .v = [118,101,114], .w = [si,on] }',
      '[si,on]',
      'Linux|Linux  |Lin',
      '@[Linux]: 1',
      '@x: Linux',
    ],
  ],
  [
    'full character arrays are compared and measured whole',
    'struct banner { char c[5]; char d; }; BEGIN { $t = "Linux version 1"; $p = (struct banner *)kptr((uint64)&$t); $u = "Linux"; $v = "Linuxx"; $w = "Linu"; print(($p->c == $u, $p->c == $v, $p->c == $w, $u == $p->c, $p->c == "Linux", "Linuxx" == $p->c, $p->c == "Linu")); print((strlen($p->c), strlen("abc"), strlen(""), strncmp($p->c, $v, 5), strncmp($p->c, $v, 6), strcontains($p->c, "ux"), sizeof($p->c))); }',
    ['(true, false, false, true, true, false, false)', '(5, 3, 0, 0, 1, true, 5)'],
  ],
  ['union', 'union u { int i; char c[4]; }; BEGIN { print(sizeof(union u)); }', ['4']],
  [
    'kernel structs inside',
    'struct foo { int x; struct list_head l; struct task_struct *t; }; BEGIN { printf("%d %d\\n", sizeof(struct foo), offsetof(struct foo, t)); }',
    ['32 24'],
  ],
  ['the script wins over the kernel', 'struct qstr { int mine; }; BEGIN { print(sizeof(struct qstr)); }', ['4']],
  [
    'members of null read zero',
    'struct pt { int x; int y; }; BEGIN { $p = (struct pt *)0; print($p->x); print(sizeof($p->y)); print(sizeof(*$p)); }',
    ['0', '4', '8'],
  ],
  [
    'kernel strings',
    'BEGIN { $t = (struct task_struct *)curtask; print($t->comm == comm); print(sizeof($t->comm)); @x = $t->comm; print(@x == comm); clear(@x); }',
    ['true', '16', 'true', '@x: '],
  ],
  [
    'through pointers',
    'BEGIN { print(curtask->real_parent->tgid == ppid); print(curtask.group_leader.pid == pid); }',
    ['true', 'true'],
  ],
  ['array members', 'BEGIN { print(curtask->thread_pid->numbers[0].nr > 0); }', ['true']],
  [
    'a struct as a value',
    'BEGIN { $s = curtask->se.load; print($s.weight > 0); @m = $s; print(@m.weight == $s.weight); delete(@m); }',
    ['true', 'true', '@m: { .weight = 0, .inv_weight = 0 }'],
  ],
  [
    'a struct is printed as a record',
    'BEGIN { print(curtask->se.load); }',
    /^\{ \.weight = \d+, \.inv_weight = \d+ \}$/m,
  ],
  [
    'container_of',
    'BEGIN { $c = &curtask->comm; print((uint64)container_of($c, struct task_struct, comm) == (uint64)curtask); }',
    ['true'],
  ],
  ['unknown member', 'BEGIN { print(curtask->comn); }', [], { exit: 1, err: /comm/ }],
  ['duplicate struct', 'struct a { int x; }; struct a { int y; }; BEGIN { print(1); }', [], { exit: 1, err: /ERROR/ }],
]);
