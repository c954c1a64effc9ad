import type { Case } from '../case.ts';
import { run } from './run.ts';

export const languageCases: readonly Case[] = [
  { id: 'begin/printf', command: run('BEGIN { printf("%d %s\\n", 6 * 7, "answer"); }'), expect: ['42 answer'] },
  {
    id: 'begin/exit-code',
    command: run('BEGIN { exit(3); }'),
    expect: [],
    exit: 3,
  },
  {
    id: 'begin/if-and-ternary',
    command: run('BEGIN { $a = 5; if ($a > 3) { printf("big %d\\n", $a > 4 ? 1 : 0); } else { printf("small\\n"); } }'),
    expect: ['big 1'],
  },
  {
    id: 'begin/loops',
    command: run('BEGIN { $i = 0; while ($i < 10) { @s = sum($i); $i++; } for ($j : 0..5) { @c = count(); } }'),
    expect: ['@s: 45', '@c: 5'],
    refusedOn: {},
  },
  {
    id: 'begin/for-map',
    command: run('BEGIN { @a[1] = 10; @a[2] = 20; for ($kv : @a) { printf("%d=%d;", $kv.0, $kv.1); } clear(@a); }'),
    expect: ['1=10;', '2=20;'],
    // bpf_for_each_map_elem came with 5.13.
    refusedOn: { '5.10': /needs/ },
  },
  {
    id: 'begin/hist',
    command: run('BEGIN { @h = hist(5); @h = hist(6); @h = hist(100); }'),
    expect: [/\[4, 8\)\s+2 \|@+/, /\[64, 128\)\s+1 \|@+/],
  },
  {
    id: 'end/maps',
    command: run('BEGIN { @x[1, "a"] = 5; exit(); } END { printf("end\\n"); }'),
    expect: ['end', '@x[1, a]: 5'],
  },
];
