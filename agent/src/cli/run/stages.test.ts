import { describe, expect, it } from 'vitest';
import { printStages, stagesOf } from './stages.ts';

describe('-d', () => {
  it.each([
    [['ast'], ['ast']],
    [['asm,ast'], ['ast', 'asm']],
    [
      ['dis', 'codegen-opt,codegen'],
      ['ir', 'asm'],
    ],
    [['all'], ['ast', 'types', 'ir', 'asm', 'verifier']],
    [['libbpf', 'verifier'], ['verifier']],
    [[], []],
  ])('%j', (given, stages) => expect(stagesOf(given)).toEqual(stages));

  it.each([
    [['d'], '-d all'],
    [['-e'], 'needs the name of a stage'],
    [['libbpf'], 'without libbpf'],
    [['ast,foo'], 'Invalid stage "foo". Valid: ast'],
  ])('%j is refused in words', (given, words) => expect(() => stagesOf(given)).toThrow(words));

  it('titles stages where there are several', () => {
    const texts = { ast: () => 'tree', types: () => 'types\n' };
    expect(printStages(['ast'], texts)).toBe('tree\n');
    expect(printStages(['ast', 'types'], texts)).toBe('==== ast\ntree\n\n==== types\ntypes\n\n');
    expect(printStages(['asm'], texts)).toContain('did not get to the stage asm');
  });
});
