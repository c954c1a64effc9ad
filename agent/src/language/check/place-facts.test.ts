import { describe, expect, it } from 'vitest';
import { checked } from '../testing/checked.ts';
import { testTarget } from '../testing/target.ts';

describe('what a body depends on', () => {
  const programs = (text: string): number => checked(text).hir?.probes.length ?? 0;
  it.each([
    ['an argument that all have in one place', '@[args.__syscall_nr] = count();', 1],
    ['one that has another place in each', 'print(str(args.filename));', 2],
    ['all of them', 'print(args);', 2],
    ['all of them, and one', 'print(args.__syscall_nr); print(args);', 2],
    ['one, and all of them', 'print(args); print(args.__syscall_nr);', 2],
  ])('%s', (_, body, count) => {
    const points = ['openat', 'execve'].map((name) => `tracepoint:syscalls:sys_enter_${name}`);
    expect(programs(`${points.join(', ')} { ${body} }`)).toBe(count);
  });
});

describe('facts of a host', () => {
  it.each([
    'tracepoint:syscalls:sys_enter_openat { @[comm] = count(); @a[args.dfd] = sum(args.flags); }',
    'profile:hz:99 { @[pid, ustack] = count(); }',
  ])('do not include the types of the kernel, which take 25 ms to read: %s', (text) => {
    let reads = 0;
    const target = Object.create(testTarget, { btf: { get: () => (reads++, testTarget.btf) } }) as typeof testTarget;
    const { diagnostics } = checked(text, {}, target);
    expect({ reads, errors: diagnostics.filter(({ severity }) => severity === 'error') }).toEqual({
      reads: 0,
      errors: [],
    });
  });
});
