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

  it('spells types as C declares them', () => {
    const btf = readKernelBtf();
    const [read] = btf?.functions('ksys_read', null) ?? [];
    expect(read && btf?.spelling(read)).toEqual({ params: ['unsigned int', 'char *', 'size_t'], returns: 'ssize_t' });
    expect(btf?.members('list_head', 'struct')).toEqual(['\tstruct list_head *next;', '\tstruct list_head *prev;']);
    const operations = btf?.members('file_operations', 'struct');
    expect(operations).toContain('\tloff_t (*llseek)(struct file *, loff_t, int);');
    expect(operations).toContain('\tssize_t (*write)(struct file *, const char *, size_t, loff_t *);');
    expect(btf?.members('tcphdr', 'struct')).toContain('\t__u16 syn: 1;');
    expect(btf?.members('no_such_struct', 'struct')).toBe(null);
  });
});
