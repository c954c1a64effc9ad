import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Program } from '../ast.ts';
import { MOST_DIAGNOSTICS } from '../diagnostic.ts';
import { compile } from '../../compiler/compile.ts';
import { print } from '../printer/print.ts';
import { symbols } from '../service/navigation.ts';
import { tokens } from '../service/tokens.ts';
import { testTarget } from '../testing/target.ts';
import { nodes } from '../walk.ts';
import type { FileReader } from '../preamble/files.ts';
import { link } from './link.ts';
import { parse } from './parse.ts';

const fill = (piece: string, length: number): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** Pieces that the parser reads far ahead of, recurses into, or recovers at. */
const PIECES: readonly string[] = [
  ...[
    '(',
    '[',
    '{',
    '}',
    ')',
    ';',
    '/',
    '//',
    '/*',
    '/**/',
    '"',
    '\\',
    '"\\',
    "'",
    '#',
    '#\n',
    '#if 1\n',
    '#if 0\n',
    '#endif\n',
  ],
  ...[
    '#define a a\n',
    '#define a b + b\n',
    '#define a(x) x x\n',
    '#define f(x) a(x) f x\n',
    '#define b struct a *\n',
    '#define c\n',
    '# a ## b',
    '\\\n',
    'a(f(1',
    '#include "a"\n',
    'import "a"',
    '#include <',
    'struct {',
    'struct a { int x; };\n',
    'enum a { b = 1, c };\n',
    'int x[',
    'int (*(',
  ],
  ...[
    'a',
    'a ',
    'a+',
    'a.',
    'a->b',
    '!',
    '-',
    '*',
    '&',
    '++',
    'a?',
    'a?b:',
    '(a',
    '(a*',
    '(int)',
    '(struct a *)',
    '(typeof(a))',
    'typeof(',
    'sizeof(a*',
  ],
  ...[
    '@',
    '@[',
    '@a[1]',
    '$',
    '$1',
    '$a',
    '$a=1;',
    'f(',
    'f(1,',
    '(a=',
    'if a {',
    'if (1) {} else ',
    'else',
    'for ($i : 0..',
    'while 1 {',
    'let $a : ',
    'unroll',
  ],
  ...[
    'kprobe:a',
    'kprobe:a,',
    'kprobe:a { ',
    'kprobe:a /',
    'BEGIN {',
    'uprobe:/*/:',
    'config = {',
    'macro f(',
    'macro f($a) {',
    'fn f($a : ',
    'import "',
    'let @a = hash(',
  ],
  ...[
    '1',
    '1_',
    '0x',
    '1e9',
    '9',
    '\n',
    ' ',
    '\u0000',
    '\ud800',
    '\u2028',
    '😀',
    ' __attribute__((packed))',
    '0..1',
    ', ',
    'comptime ',
  ],
];

/** Every node lies inside of the text and inside of what it is part of. */
function checkSpans(program: Program, length: number): void {
  for (const node of nodes(program)) {
    if (node.span.start < 0 || node.span.end > length || node.span.start > node.span.end) {
      expect.fail(`${node.kind} at ${node.span.start}..${node.span.end} of ${length}`);
    }
  }
}

/** A file that includes and imports itself and uses every macro. */
const FILE = { name: 'a', text: '#define a(x) x + x\n#include "a"\nimport "a"; begin { $x = a(a(1)); f(c) b' };
const FILES: FileReader = { include: () => FILE, import: () => [FILE] };

function read(source: string): void {
  const linked = link(source, { files: FILES });
  for (const one of linked.diagnostics) {
    const { span, file } = linked.sources.locate(one);
    expect(span.start >= 0 && span.start <= span.end && span.end <= source.length).toBe(true);
    const { start, end } = file?.span ?? { start: 0, end: 0 };
    expect(start >= 0 && start <= end && end <= FILE.text.length).toBe(true);
  }
  const { program, diagnostics } = parse(source);
  checkSpans(program, source.length);
  expect(diagnostics.length).toBeLessThanOrEqual(MOST_DIAGNOSTICS + 1);
  for (const { span, message } of diagnostics) {
    expect(span.start).toBeLessThanOrEqual(span.end);
    expect(span.end).toBeLessThanOrEqual(source.length);
    expect(message.length).toBeLessThan(300);
  }
}

describe('text of any kind gives a tree and never an exception', () => {
  test('random characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), read), { numRuns: 300 });
  });

  test('random pieces of programs', () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom('', 'begin { ', 'begin { $x = '), (rest, start) => read(start + rest)),
      { numRuns: 1000 },
    );
  });

  test('colours of random pieces are in order', () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (source) => {
        let end = 0;
        for (const token of tokens(source)) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          end = token.end;
        }
        expect(end).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 500 },
    );
  });

  // Quadratic behaviour would take very long here, a deep recursion would throw.
  test.each(PIECES)(
    '100 kB of %j',
    (piece) => {
      read(fill(piece, 100_000));
      read(`begin { $x = ${fill(piece, 20_000)}`);
      read(`struct a { ${fill(piece, 20_000)}`);
    },
    20_000,
  );
});

describe('found by fuzzing', () => {
  test.each([
    'macro= a { }',
    'begin { }\nmacro= {',
    'fn=',
    'import=\nconfig=',
    'import "x";\nlet @(m = hash(1);\nmacro= f(a) }',
    // A macro that leads back to itself took 40 to the 32nd steps.
    `#define N (1 << ${'N (1 << '.repeat(40)}`,
    `#define A (${'B + '.repeat(40)}1)\n#define B (${'A + '.repeat(40)}1)\nstruct s { int x[A]; };`,
  ])('%j', read);
});

describe('limits', () => {
  test('parentheses nest 150 deep, not 100,000', () => {
    const nested = (depth: number): string => `begin { $x = ${'('.repeat(depth)}1${')'.repeat(depth)}; $y = 2 }`;
    expect(parse(nested(150)).diagnostics).toEqual([]);
    expect(parse(nested(100_000)).diagnostics.map((d) => d.code)).toEqual(['nesting-too-deep']);
  });

  const repeat = (length: number, link: (i: number) => string, between: string): string =>
    Array.from({ length }, (_, i) => link(i)).join(between);
  const chains: readonly (readonly [string, (length: number) => string])[] = [
    ['+', (n) => `begin { $a = 1; $x = ${repeat(n, () => '$a', ' + ')}; $y = 2; }`],
    ['&&', (n) => `begin { $a = 1; if (${repeat(n, () => '$a == 1', ' && ')}) { $y = 2; } }`],
    ['||', (n) => `begin { $a = 1; if (${repeat(n, (i) => `$a == ${i}`, ' || ')}) { $y = 2; } }`],
    ['else if', (n) => `begin { $a = 1; ${repeat(n, (i) => `if ($a == ${i}) { $y = ${i}; }`, ' else ')} }`],
  ];

  test.each(chains)(
    '5,000 links of %s are read, checked, printed and compiled; 50,000 are reported once',
    (_, text) => {
      const source = text(5000);
      const { query, diagnostics, stages } = compile(source, testTarget);
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(query?.programs).toHaveLength(1);
      expect(stages.types?.().includes('begin')).toBe(true);
      expect(print(parse(source).program, source).includes('$y = 2')).toBe(true);
      expect(symbols(source)).toHaveLength(1);
      expect(tokens(source).length).toBeGreaterThan(5000);
      expect(parse(text(50_000)).diagnostics.map((d) => d.code)).toEqual(['nesting-too-deep']);
    },
  );

  test('choices may follow each other 900 times', () => {
    const chain = (n: number): string => `begin { $a = 1; $x = ${repeat(n, (i) => `$a == ${i} ? ${i}`, ' : ')} : 5; }`;
    expect(compile(chain(900), testTarget).query?.programs).toHaveLength(1);
    expect(parse(chain(50_000)).diagnostics.map((d) => d.code)).toEqual(['nesting-too-deep']);
  });

  test.each([
    ['unknown functions', `begin { ${'f(a(1)); '.repeat(20_000)} }`],
    ['unknown probes', 'kprobe:no { @ = count(); } '.repeat(5000)],
    ['unknown points of one probe', `${'kprobe:no, '.repeat(5000)} kprobe:none { }`],
    ['wrong config', `config = { ${'no = 1; '.repeat(5000)} } begin { }`],
    ['syntax', 'begin { ) } '.repeat(5000)],
  ])('of thousands of mistakes a hundred are told, and that there are more: %s', (_, text) => {
    const { diagnostics } = compile(text, testTarget);
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    // Without a probe that can be read there is one more.
    expect(errors === MOST_DIAGNOSTICS || errors === MOST_DIAGNOSTICS + 1).toBe(true);
    expect(diagnostics.filter(({ severity }) => severity !== 'error').map(({ code }) => code)).toEqual([
      'more-mistakes',
    ]);
  });

  test('after a hundred probes that are not there no others are looked for', () => {
    let asked = 0;
    const target = {
      ...testTarget,
      tracepoint(category: string, name: string) {
        asked++;
        return testTarget.tracepoint(category, name);
      },
    };
    const points = Array.from({ length: 3000 }, (_, n) => `tracepoint:sched:no_${n}`);
    compile(`${points.join(',\n')} { }`, target);
    compile(points.map((point) => `${point} { }`).join('\n'), target);
    expect(asked).toBeLessThan(300);
  });

  test('a wildcard of more functions than max_probes does not read their types', () => {
    let read = 0;
    const { btf } = testTarget;
    if (btf === null) throw new Error('the target has no types');
    const names = Array.from({ length: 2000 }, (_, n) => `vfs_${n}`);
    const counted = {
      ...btf,
      functionNames: () => names,
      functions: (name: string, module: string | null) => {
        read++;
        return btf.functions(name, module);
      },
    };
    const { diagnostics } = compile('fentry:vfs_* { }', { ...testTarget, btf: counted, kernelFunctions: () => names });
    expect([read, ...diagnostics.map(({ code }) => code)]).toEqual([0, 'too-many-probes']);
  });

  test('a macro without arguments that is used as if it had some is expanded once', () => {
    const define = `#define N ${'(N '.repeat(20_000)}(1 << 3)\nstruct a { int x; u8 b[N]; };\n`;
    expect(compile(`${define}begin { }`, testTarget).diagnostics.length).toBeGreaterThan(0);
  });

  test('a text of as many wildcards as one likes has no more probes than max_probes allows', () => {
    const text = `config = { max_probes = 5 }\n${'tracepoint:*:*, '.repeat(3000)} tracepoint:sched:* { }`;
    const { diagnostics } = compile(text, testTarget);
    expect(diagnostics.map(({ code }) => code)).toEqual(['too-many-probes']);
  });

  test('uses of a macro that nothing closes are looked for a closing parenthesis once', () => {
    const text = `#define F(x) x\nbegin { ${'F( '.repeat(33_000)} }`;
    expect(compile(text, testTarget).diagnostics[0]?.code).toBe('nesting-too-deep');
  });

  test('bodies that nothing closes are read to the end of the text once', () => {
    const text = `#define F(x) x\nbegin { print(F(1)); }\n${'begin { print("0); }\n'.repeat(20_000)}`;
    expect(compile(text, testTarget).query).toBeNull();
  });

  test.each(['kprobe:no_', 'kprobe:*a*', 'uprobe:bash:no_', 'tracepoint:no:*'])(
    'no more attach points are looked up than max_probes allows, also of those that need not be there: %s',
    (point) => {
      const points = Array.from({ length: 3000 }, (_, n) => `${point}${n} { }`);
      const { diagnostics } = compile(`config = { missing_probes = "ignore" } ${points.join(' ')}`, testTarget);
      expect(diagnostics.map(({ code }) => code)).toEqual(['too-many-probes']);
    },
  );

  test('wildcards that say nothing are not all held against every name of the kernel', () => {
    const names = Array.from({ length: 60_000 }, (_, n) => `a_${n}`);
    const text = `config = { missing_probes = "ignore" } ${'kprobe:*a*b { } '.repeat(1000)}`;
    const { diagnostics } = compile(text, { ...testTarget, kernelFunctions: () => names });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['too-many-probes', 'The query has too many wildcards to look up.'],
    ]);
  });

  test('a variable that is set tens of thousands of times gets its register in time', () => {
    const text = `macro m($a) { ${'$a++; '.repeat(25_000)} $a } begin { $x = 1; m($x); m($x); }`;
    expect(compile(text, testTarget).query).not.toBeNull();
  }, 15_000);

  test('what follows is still read', () => {
    const { program } = parse(`begin { $x = ${'('.repeat(5000)}; $y = 2 } end { }`);
    expect(program.items).toHaveLength(2);
  });

  test('macros made of macros are not expanded exponentially', () => {
    const defines = Array.from({ length: 31 }, (_, i) => `#define m${i + 1} (m${i} + m${i})\n`).join('');
    const { program } = parse(`#define m0 1\n${defines}struct a { int x[m20]; };`);
    const struct = program.preamble.at(-1);
    expect(struct?.kind === 'c-declaration' && struct.types[0]).toMatchObject({
      members: [{ type: { count: 2 ** 20 } }],
    });
  });
});
