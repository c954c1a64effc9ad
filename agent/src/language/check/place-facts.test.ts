import { describe, expect, it } from 'vitest';
import { checked } from '../testing/checked.ts';
import { testTarget } from '../testing/target.ts';

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
