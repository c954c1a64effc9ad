import { describe, expect, it } from 'vitest';
import { StackReport } from './stack-report.ts';

const broken = { cause: 'no-frame-pointers', module: '/bin/x' } as const;
const jit = { cause: 'jit', module: null } as const;

describe('what is said about stacks', () => {
  it('counts samples by cause and binary', () => {
    const report = new StackReport(() => false);
    report.add([{ kind: 'stack', frames: ['work'], text: '', broken }, 'x'], 3);
    report.add([{ kind: 'stack', frames: ['other'], text: '', broken }], 4);
    report.add([{ kind: 'stack', frames: ['jit'], text: '', broken: jit }], 9);
    report.add([{ kind: 'stack', frames: ['a', 'b'], text: '' }, 7, null], 100);
    expect(report.notices().map(({ code, samples }) => [code, samples])).toEqual([
      ['stacks-broken', 9],
      ['stacks-broken', 7],
    ]);
    expect(report.notices()[1]?.text).toMatch(
      /^7 samples .* \/bin\/x keeps no frame pointers\. Build it with -fno-omit[^;]*\)\.$/,
    );
  });

  it('names dw_ustack as a way out where it can work', () => {
    const report = new StackReport(() => true);
    report.add([{ kind: 'stack', frames: ['work'], text: '', broken }], 1);
    report.add([{ kind: 'stack', frames: ['jit'], text: '', broken: jit }], 2);
    const [code, program] = report.notices();
    expect(program?.text).toMatch(/, or ask for dw_ustack, which needs none\.$/);
    expect(code?.text).not.toContain('dw_ustack');
  });

  it('counts samples that have no stack, as a matter of fact', () => {
    const report = new StackReport(() => true);
    report.add([{ kind: 'stack', frames: [], text: '' }, 'swapper/0'], 41);
    report.add([{ kind: 'stack', frames: ['a', 'b'], text: '' }, 'sh'], 3);
    const [notice, ...others] = report.notices();
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ code: 'stacks-none', samples: 41, isInfo: true });
    expect(notice?.text).toMatch(/^41 samples without a stack: /);
  });

  it('counts stacks that were not stored, by what kept them', () => {
    const report = new StackReport(() => true);
    report.add([{ kind: 'stack', frames: ['[stack lost]'], text: '', lost: 'taken' }, 1], 5);
    report.add([{ kind: 'stack', frames: ['[stack lost]'], text: '', lost: 'taken' }], 1);
    report.add([{ kind: 'stack', frames: ['[stack lost]'], text: '', lost: 'memory' }], 1);
    expect(report.notices()).toEqual([
      {
        code: 'stacks-lost',
        samples: 6,
        text: '6 samples with a stack that was not stored: other stacks had their places in the map of stacks.',
      },
      {
        code: 'stacks-lost',
        samples: 1,
        text: '1 sample with a stack that was not stored: the kernel had no memory for them.',
      },
    ]);
  });
});
