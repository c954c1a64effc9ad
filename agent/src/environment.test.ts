import { describe, expect, it } from 'vitest';
import { environmentProblems, type Surroundings } from './environment.ts';

const GOOD: Surroundings = {
  platform: 'linux',
  arch: 'x64',
  lacks: () => [],
  exists: () => true,
  filled: () => true,
  mountTracefs: () => false,
};

const codes = (change: Partial<Surroundings>): string[] =>
  environmentProblems({ ...GOOD, ...change }).map(({ code }) => code);

describe('environmentProblems', () => {
  it('finds nothing where everything is there', () => expect(codes({})).toEqual([]));
  it.each<[Partial<Surroundings>, string[]]>([
    [{ platform: 'darwin', exists: () => false }, ['not-linux']],
    [{ arch: 's390x' }, ['arch']],
    [{ lacks: () => ['CAP_BPF', 'CAP_PERFMON', 'CAP_DAC_READ_SEARCH'], filled: () => false }, ['no-privileges']],
    [{ lacks: () => ['CAP_PERFMON'] }, ['no-privileges']],
    [{ lacks: () => ['CAP_SYS_ADMIN', 'CAP_DAC_READ_SEARCH'], filled: () => false }, []],
    [{ exists: () => false }, ['no-btf']],
    [{ filled: () => false }, ['no-tracefs']],
  ])('names what is missing: %o', (change, expected) => expect(codes(change)).toEqual(expected));

  it('mounts tracefs when it may, and looks again', () => {
    let mounted = false;
    const mountTracefs = (): boolean => (mounted = true);
    expect(codes({ filled: () => mounted, mountTracefs })).toEqual([]);
    expect(mounted).toBe(true);
  });

  it('says one sentence each, with a way out', () => {
    const all = [
      { platform: 'darwin' },
      { lacks: () => ['CAP_BPF'] },
      { exists: () => false },
      { filled: () => false },
    ];
    for (const change of all)
      for (const { text } of environmentProblems({ ...GOOD, ...change })) expect(text).toMatch(/^[^\n]*: .*\.$/);
  });
});
