import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readKernelBtf } from './kernel-btf.ts';

describe.runIf(existsSync('/sys/kernel/btf/vmlinux'))("the kernel's BTF", () => {
  it('answers the same after it was released', () => {
    const btf = readKernelBtf();
    const before = btf?.struct('task_struct', 'struct');
    const fields = btf?.fields(before?.id ?? '');
    btf?.release();
    expect(btf?.struct('task_struct', 'struct')).toEqual(before);
    expect(btf?.fields(before?.id ?? '')).toEqual(fields);
    expect(fields?.some(({ name }) => name === 'comm')).toBe(true);
  });

  it('names the arguments of raw tracepoints', () => {
    const prototype = readKernelBtf()?.rawTracepoint('sched_switch');
    expect(prototype?.params.map(({ name }) => name)).toEqual(['preempt', 'prev', 'next', 'prev_state']);
  });
});
