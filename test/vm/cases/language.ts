import type { Case } from '../case.ts';
import { DD, run } from './run.ts';

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
    // Of a number that the verifier does not know: only then does it look at the bounds.
    id: 'tracepoint/histograms',
    command: run(
      'tracepoint:syscalls:sys_enter_write /comm == "dd" && args.count == 1/ { @h = hist(args.count); ' +
        '@fine[comm] = hist(args.count, 3); @linear = lhist(args.count, 0, 10, 1); @stats = stats(args.count); }',
      DD,
    ),
    expect: [/@h:\s+\[1\]\s+100\d /, /@fine\[dd\]:\s+\[1\]\s+100\d /, /@linear:\s+\[1, 2\)\s+100\d /, /total = 100\d/],
  },
  {
    id: 'end/maps',
    command: run('BEGIN { @x[1, "a"] = 5; exit(); } END { printf("end\\n"); }'),
    expect: ['end', '@x[1, a]: 5'],
  },
];
