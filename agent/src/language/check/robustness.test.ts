import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTarget } from '../empty-target.ts';
import { printHir } from '../hir-print.ts';
import { checked } from '../testing/checked.ts';
import { randomProgram } from '../testing/random-tree.ts';
import { testTarget } from '../testing/target.ts';
import { check } from './check.ts';

/** What a program is made of, to be glued together at random. */
const PIECES = [
  'BEGIN { ',
  'kprobe:vfs_read ',
  '/',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '@x',
  '@',
  '@x[1]',
  '$a',
  '$a = ',
  '@x = ',
  'count()',
  'hist(',
  'printf("%d", ',
  'print(',
  'args',
  '.x',
  '->y',
  'pid',
  'comm',
  '"s"',
  '1',
  '-',
  '+',
  '*',
  '&',
  '!',
  'if (',
  'else ',
  'while (',
  'for ($i : 0..5) ',
  'for ($k : @x) ',
  'unroll(3) ',
  'struct task_struct',
  '(struct file *)',
  'curtask',
  'str(',
  'delete(',
  'let ',
  'return ',
  'macro m(a) { a } ',
  'm(',
  'fn f($a: int64): int64 { return $a; } ',
  'f(',
  'sizeof(',
  'typeof(',
  'nsecs',
  'kstack',
  '++',
  '--',
  '= ',
  '== ',
  '? ',
  ': ',
  'ntop(',
  'buf(',
  'exit()',
  'comptime ',
];

describe('any input', () => {
  it('is answered: random trees', () => {
    fc.assert(
      fc.property(randomProgram, (tree) => {
        for (const target of [testTarget, emptyTarget]) {
          const { hir, diagnostics } = check(tree, '', target);
          expect(hir !== null || target === emptyTarget || diagnostics.some((one) => one.severity === 'error')).toBe(
            true,
          );
          if (hir !== null) printHir(hir);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is answered: random pieces of programs', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }), (pieces) => {
        const { hir } = checked(`BEGIN { ${pieces.join('')} }`);
        if (hir !== null) printHir(hir);
      }),
      { numRuns: 1000 },
    );
  });

  it('is answered: random text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        checked(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe('hostile programs', () => {
  it.each([
    [
      'macro bomb',
      `${Array.from({ length: 40 }, (_, i) => `macro m${String(i)}() { m${String(i + 1)}() + m${String(i + 1)}() }`).join('\n')} macro m40() { 1 } BEGIN { @ = m0(); }`,
      'program-too-large',
    ],
    ['a value that contains itself', 'BEGIN { @x = (1, @y); @y = (1, @x); @y = 1 }', 'type-mismatch'],
    ['a value that grows', 'BEGIN { @x = (1, 2); @y = (@x, 1); @x = (1, 2); @z = (@y, @y, @z2); @z2 = @z; }', null],
    ['a string that grows', 'BEGIN { @s = "a"; @s = str_concat(@s, @s); }', 'too-large'],
    ['a long chain of operators', `BEGIN { @ = ${'pid+'.repeat(20000)}1 }`, null],
  ])('%s', (_name, source, code) => {
    const start = performance.now();
    const { diagnostics } = checked(source);
    expect(performance.now() - start).toBeLessThan(5000);
    if (code !== null) expect(diagnostics.map((one) => one.code)).toContain(code);
  });
});
