import { describe, expect, test } from 'vitest';
import { KEYWORDS } from '../parser/token.ts';
import { BUILTINS } from '../tables/builtins.ts';
import { FUNCTIONS } from '../tables/functions/index.ts';
import { complete } from './completion.ts';
import { CONFIG_ROWS } from '../tables/config.ts';
import type { Facts } from './facts.ts';
import { hover, signatureAt } from './hover.ts';
import { definition, foldingRanges, symbols } from './navigation.ts';
import { oldSpellings } from './spellings.ts';
import { tokens } from './tokens.ts';

const STRUCTS: Record<string, [string, string][]> = {
  'struct task_struct': [
    ['pid', 'int'],
    ['parent', 'struct task_struct *'],
    ['mm', 'struct mm_struct *'],
  ],
  'struct mm_struct': [['total_vm', 'unsigned long']],
};

const FACTS: Facts = {
  probes: (prefix) =>
    Promise.resolve(
      ['tracepoint:sched:sched_switch', 'tracepoint:sched:sched_wakeup', 'kprobe:vfs_read'].filter((p) =>
        p.startsWith(prefix),
      ),
    ),
  args: (probe) =>
    Promise.resolve(
      probe === 'tracepoint:sched:sched_switch'
        ? [
            { name: 'next_pid', type: 'int' },
            { name: 'task', type: 'struct task_struct *' },
          ]
        : [],
    ),
  types: (prefix) =>
    Promise.resolve(
      ['enum sock_type', 'struct sock', 'struct socket', 'struct task_struct'].filter((t) => t.startsWith(prefix)),
    ),
  members: (type) => Promise.resolve((STRUCTS[type] ?? []).map(([name, of]) => ({ name, type: of }))),
};

/** `|` marks the offset. */
function at(text: string): { source: string; offset: number } {
  const offset = text.indexOf('|');
  return { source: text.slice(0, offset) + text.slice(offset + 1), offset };
}

async function labels(text: string): Promise<string[]> {
  const { source, offset } = at(text);
  return (await complete(source, offset, FACTS)).items.map((item) => item.label);
}

describe('completion', () => {
  test.each([
    ['tracepoint:sched:|', ['tracepoint:sched:sched_switch', 'tracepoint:sched:sched_wakeup']],
    ['begin { } tracepoint:sched:sched_sw|', ['tracepoint:sched:sched_switch']],
    ['kprobe:a,tracepoint:sched:sched_w| { }', ['tracepoint:sched:sched_wakeup']],
    ['begin { $s = (struct sock| *)0 }', ['sock', 'socket']],
    ['struct sock { int x; }; begin { $s = (struct so|', ['sock', 'socket']],
    ['begin { print(sizeof(enum |', ['sock_type']],
    ['begin { print(((struct task_struct *)0)->mm.|', ['total_vm']],
    ['tracepoint:sched:sched_switch { args.|', ['next_pid', 'task']],
    ['tracepoint:sched:sched_switch { args.ne|xt }', ['next_pid', 'task']],
    ['tracepoint:sched:sched_switch /args.| / { }', ['next_pid', 'task']],
    ['tracepoint:sched:sched_switch { $t = args.task; if ($t->mm.|) { } }', ['total_vm']],
    ['kprobe:f { ((struct task_struct *)arg0)->parent.mm.| }', ['total_vm']],
    ['kprobe:f { curtask.| }', ['pid', 'parent', 'mm']],
    ['kprobe:f { let $m : struct mm_struct *; $m.| }', ['total_vm']],
    ['kprobe:f { @m[tid] = (struct mm_struct *)arg0; @m[1].| }', ['total_vm']],
    ['struct own { int a; struct { char *b; }; };\nkprobe:f { ((struct own *)arg0)->| }', ['a', 'b']],
    ['let @decl = hash(1); begin { @start = 1; @| } end { @other = 2 }', ['@decl', '@other', '@start']],
    ['begin { $abc = 1; print($|) } end { $xyz = 1 }', ['$abc']],
    ['struct own { int a; };\nkprobe:f { (struct | }', ['own', 'sock', 'socket', 'task_struct']],
    ['begin { printf("a.|") }', []],
    ['begin { // a.|', []],
    ['begin { 12| }', []],
    ['config = { max_m| }', CONFIG_ROWS.map(({ name }) => name)],
    ['config = { missing_probes = w| }', ['error', 'warn', 'ignore']],
    ['config = { max_map_keys = | }', []],
    ['let @m = |', ['hash', 'lruhash', 'percpuhash', 'percpulruhash']],
    ['begin { $a = (x = 1, y = comm); print($a.|) }', ['x', 'y']],
    ['fn f($given : int64) : int64 { return $| }\nbegin { $other = 1; }', ['$given']],
  ])('%s', async (text, expected) => {
    expect(await labels(text)).toEqual(expected);
  });

  test('constants of the preamble are words, its types may be declared', async () => {
    const preamble = '#define LIMIT 3\nenum e { RED };\nstruct own { int a; };\ntypedef int word;\n';
    expect(await labels(`${preamble}begin { $x = | }`)).toEqual(expect.arrayContaining(['LIMIT', 'RED']));
    const types = await labels(`${preamble}begin { let $x : |`);
    expect(types).toEqual(expect.arrayContaining(['uint8', 'enum e', 'struct own', 'word']));
    expect(types).not.toContain('comm');
  });

  test('a word in a block may be a builtin, function, macro, keyword, map or variable', async () => {
    const found = await labels('macro twice(x) { x * 2 } begin { @m = 1; $v = 2; p|');
    for (const label of ['pid', 'printf', 'twice', 'if', '@m', '$v', 'arg0', 'count']) expect(found).toContain(label);
    expect(found).not.toContain('tracepoint');
  });

  test.each(['|', 'trace|', 'begin { }\n|', '|begin { }'])(
    'outside of probes, %s: probe types and items',
    async (text) => {
      const found = await labels(text);
      for (const label of ['tracepoint', 'config', 'macro']) expect(found).toContain(label);
      expect(found).not.toContain('printf');
    },
  );

  test('what is replaced is what was typed', async () => {
    for (const [text, typed] of [
      ['begin { pri|ntf', 'pri'],
      ['begin { @ab|', '@ab'],
      ['kprobe:vfs_r|ead { }', 'kprobe:vfs_r'],
      ['begin { args.co|', 'co'],
    ] as const) {
      const { source, offset } = at(text);
      const { replace } = await complete(source, offset, FACTS);
      expect(source.slice(replace.start, replace.end)).toBe(typed);
    }
  });
});

describe('hover', () => {
  test.each([
    ['begin { print|f("x") }', 'printf', 'const string format'],
    ['begin { @[pi|d] = count() }', 'pid', 'Process id'],
    ['trace|point:sched:sched_switch { }', 'tracepoint:sched:sched_switch', 'tracepoint:category:event'],
    ['config = { max_map|_keys = 1 }', 'max_map_keys', 'Entries of each map'],
    ['tracepoint:sched:sched_switch { print(args.next|_pid) }', 'next_pid', 'next_pid: int'],
    ['begin { @ = nse|cs(tai) }', 'nsecs', 'uint64'],
    ['begin { $|x = 1 }', '$x', '$x: int64'],
    ['tracepoint:sched:sched_switch { $t = args.task; print($|t) }', '$t', '$t: struct task_struct *'],
    ['begin { @|by[comm] = count() }', '@by', '@by: count()'],
    ['begin { print(@|later) } end { @later = "x" }', '@later', '@later: string'],
    ['kprobe:f { $p = pid; @a[$|p] = 1 }', '$p', '$p: uint32'],
    ['macro twice($a, b) { $a * b } begin { $x = 1; twi|ce($x, 2) }', 'twice', 'twice($a, b)'],
    ['begin { i|f (1) { } }', 'if', 'if (condition)'],
    ['#define LIMIT 3\nbegin { print(LI|MIT); }', 'LIMIT', '#define LIMIT 3'],
    ['enum e { RED, BLUE };\nbegin { print(BL|UE); }', 'BLUE', 'enum e { BLUE = 1 }'],
    ['struct own { int a; };\nbegin { $x = (struct ow|n *)0; }', 'struct own *', 'struct own { int a; }'],
    ['begin { $x = (struct task_st|ruct *)0; }', 'struct task_struct *', '  pid: int'],
    ['con|fig = { }\nbegin { }', 'config', 'Settings'],
  ])('%s', async (text, word, part) => {
    const { source, offset } = at(text);
    const found = await hover(source, offset, FACTS);
    expect(found).not.toBeNull();
    expect(source.slice(found?.span.start, found?.span.end)).toBe(word);
    expect(found?.text).toContain(part);
  });

  test.each(['begin { $|x }', 'begin { |}', 'begin { "i|f" }', '|'])('nothing to say about %s', async (text) => {
    const { source, offset } = at(text);
    expect(await hover(source, offset, FACTS)).toBeNull();
  });

  test('every builtin, function and keyword says what it is', async () => {
    const cases = [
      ...BUILTINS.map(({ name }) => `begin { ${name === 'arg' ? 'arg0' : name} }`),
      ...FUNCTIONS.map(({ name }) => `begin { ${name}() }`),
      ...[...KEYWORDS].map((name) => `begin { ${name} `),
    ];
    for (const text of cases) {
      const found = await hover(text, 'begin { '.length);
      expect([text, found?.text ?? null]).toEqual([text, expect.stringContaining('```')]);
    }
  });

  test.each([
    ['begin { @ = lhist(1, |', 'lhist(int n, int min, int max, int step)', 1],
    ['begin { @ = lhist((1, 2), 3, |', 'lhist(int n, int min, int max, int step)', 2],
    ['begin { print(@x[1, 2], |)', 'print(value)', 1],
    ['macro m($a, @b, c) { } begin { m(1|', 'm($a, @b, c)', 0],
  ])('signature of %s', (text, signature, argument) => {
    const { source, offset } = at(text);
    expect(signatureAt(source, offset)).toMatchObject({
      argument,
      signatures: expect.arrayContaining([signature]) as string[],
    });
  });

  test.each(['begin { (1, |', 'begin { printf("%d", 1) |', 'begin { // printf(|'])('no signature in %s', (text) => {
    const { source, offset } = at(text);
    expect(signatureAt(source, offset)).toBeNull();
  });
});

describe('any half-typed text', () => {
  const texts = [
    'tracepoint:sched:sched_switch /args.next_pid == 1/ { printf("%s 😀\\n", comm, args.task->mm); }',
    'config = { max_strlen = 64 }\nlet @m = hash(1);\nmacro add($a, @b, c) { $a += c; @b[c] = $a; c }\nbegin { add($x, @m, 3); }',
    '#define N 3\nstruct own { int a; struct { char b[N]; } in; };\nenum e { A };\nbegin { print(((struct own *)1)->in.b[N]); $r = (x = A,); }',
    'fn f($a : int64) : int64 { /* x */ if ($a) { exit(); } else { delete(@m[1]); } return sarg0; } // end',
  ];

  test.each(texts)('%#: every service answers in the text, wherever it ends', async (text) => {
    const end = (span: { start: number; end: number }): number => (span.start <= span.end ? span.end : Infinity);
    for (let offset = 0; offset <= text.length; offset++) {
      const typed = text.slice(0, offset);
      const { replace } = await complete(typed, offset, FACTS);
      expect(replace).toMatchObject({ end: offset });
      for (const source of [typed, text, typed + text.slice(offset + 5)]) {
        const at = Math.min(offset, source.length);
        const hovered = await hover(source, at, FACTS);
        const places = [
          ...tokens(source),
          ...symbols(source).map(({ span }) => span),
          ...oldSpellings(source).flatMap(({ span, fix }) => (fix === undefined ? [span] : [span, fix.span])),
          ...[hovered?.span, definition(source, at)].filter((span) => span !== null && span !== undefined),
        ];
        expect(Math.max(0, ...places.map(end))).toBeLessThanOrEqual(source.length);
        if (hovered !== null) expect([hovered.span.start <= at, at <= hovered.span.end]).toEqual([true, true]);
        signatureAt(source, at);
        foldingRanges(source);
      }
    }
  });
});

describe('navigation', () => {
  test.each([
    ['begin { @x = 1 } end { print(@|x) }', '@x'],
    ['let @x = hash(1); begin { @|x = 1 }', 'let @x = hash(1)'],
    ['begin { let $v = 1; print($|v) }', '$v'],
    ['begin { for ($kv : @m) { print($|kv) } }', '$kv'],
    ['macro m($a) { $a } begin { m|(1) }', 'm'],
    ['#define LIMIT 5\nbegin { print(LIM|IT) }', '#define LIMIT 5'],
    ['struct s { int x; };\nkprobe:f { (struct |s *)arg0 }', 'struct s { int x; }'],
    ['enum e { A, B };\nbegin { print(|B) }', 'enum e { A, B }'],
  ])('definition in %s', (text, expected) => {
    const { source, offset } = at(text);
    const span = definition(source, offset);
    expect(source.slice(span?.start, span?.end)).toBe(expected);
  });

  test('symbols are the outline', () => {
    const source = 'struct s { int x; };\nconfig = { }\nlet @m = hash(1);\nmacro f($a) { $a }\nkprobe:a, kprobe:b { }';
    expect(symbols(source).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'type s',
      'config config',
      'map @m',
      'macro f',
      'probe kprobe:a, kprobe:b',
    ]);
  });

  test('blocks and runs of comments fold', () => {
    const source = '// a\n// b\nbegin {\n  if (1) {\n  }\n}\n';
    expect(foldingRanges(source)).toEqual([
      { from: 1, to: 2, comment: true },
      { from: 3, to: 6, comment: false },
      { from: 4, to: 5, comment: false },
    ]);
  });
});

describe('old spellings', () => {
  test.each([
    ['BEGIN { }', 'begin { }'],
    ['n=kfunc:f, kretfunc:g { }', 'n=fentry:f, fexit:g { }'],
    ['kprobe:f { args->a->b }', 'kprobe:f { args.a.b }'],
    ['begin { delete(@m[1]) }', 'begin { delete(@m, 1) }'],
    ['begin { delete(@m[pid, comm]) }', 'begin { delete(@m, (pid, comm)) }'],
    ['begin { delete(@m[1], @n[2]); }', 'begin { delete(@m, 1); delete(@n, 2); }'],
    ['config = { strlen = 64; MAP_KEYS_MAX = 5 }', 'config = { max_strlen = 64; max_map_keys = 5 }'],
    ['config = { BPFTRACE_STACK_MODE = perf }', 'config = { stack_mode = perf }'],
    ['config = { no_cpp_demangle = 1 }', 'config = { cpp_demangle = false }'],
    ['config = { unstable_addr = enable; max_strlen = 9; }', 'config = { max_strlen = 9; }'],
    ['aw:0x10:8:w { }', 'watchpoint:0x10:8:w { }'],
    ['begin { print(stack) }', 'begin { print(kstack) }'],
    ['begin { $a = 1; if ($a) { $x = 5; } print($x) }', 'begin { $a = 1; let $x; if ($a) { $x = 5; } print($x) }'],
    [
      'begin { if (1) { $x = 5; } else { $x = 6; $y = $x; } $z = $x; }',
      'begin { let $x; if (1) { $x = 5; } else { $x = 6; $y = $x; } $z = $x; }',
    ],
    [
      'macro m($p) { if ($p) { $q = $p } $q } fn f($r : int64) : int64 { return $r; }',
      'macro m($p) { let $q; if ($p) { $q = $p } $q } fn f($r : int64) : int64 { return $r; }',
    ],
    [
      'begin { for ($i : 0..5) { if ($i == 2) { exit(); } } }',
      'begin { let $exits = false; for ($i : 0..5) { if ($i == 2) { $exits = true; break; } } if ($exits) { exit(); } }',
    ],
    ['kprobe:f { print(sarg1) }', 'kprobe:f { print(*(uint64 *)(reg("sp") + 16)) }'],
  ])('%s', (old, expected) => {
    const fixes = oldSpellings(old).flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
    const text = fixes.reduceRight((so, { span, text: by }) => so.slice(0, span.start) + by + so.slice(span.end), old);
    expect(text).toBe(expected);
    expect(oldSpellings(text)).toEqual([]);
  });
});

test.each([
  'begin { if (1) { $x = 5; print($x) } else { $x = 6; print($x) } }',
  'begin { for ($i : 0..3) { $s = $i; } for ($i : 0..3) { $s = $i; } }',
  'begin { let $x; if (1) { $x = 5; } print($x) }',
  'begin { for ($i : 0..3) { while (1) { exit(); } } }',
  'begin { for ($i : 0..3) { exit(3); } }',
])('%s has no older spelling', (source) => expect(oldSpellings(source)).toEqual([]));

describe('tokens', () => {
  const classes = (source: string): string[] =>
    tokens(source).map((token) => `${source.slice(token.start, token.end)} ${token.class}`);

  test('every class', () => {
    const source =
      '#include <a.h>\nkprobe:a* /pid/ { let $x : foo_t = args.comm + 0x1f; @m = count(); /* c */ print("s") }';
    expect(classes(source)).toEqual([
      ...['#include <a.h> directive', 'kprobe:a* probe', '/ operator', 'pid builtin', '/ operator', 'let keyword'],
      ...['$x variable', ': operator', 'foo_t type', '= operator', 'args builtin', '. operator', 'comm identifier'],
      ...[
        '+ operator',
        '0x1f number',
        '@m map',
        '= operator',
        'count function',
        '/* c */ comment',
        'print function',
        '"s" string',
      ],
    ]);
  });

  test.each(['begin { $x = ; "abc', 'uprobe:/usr/*/x:y', '\u0000\ud800 /*', '#if 0\nx y z'])(
    '%j: in order, no overlaps',
    (source) => {
      let end = 0;
      for (const token of tokens(source)) {
        expect(token.start).toBeGreaterThanOrEqual(end);
        expect(token.end).toBeGreaterThan(token.start);
        end = token.end;
      }
      expect(end).toBeLessThanOrEqual(source.length);
    },
  );
});
