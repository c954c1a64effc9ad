/**
 * The code that queries become, by subject, for the made-up host of language/testing: what changes it shows up in review.
 * UPDATE=1 writes the files anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Target } from '../language/target.ts';
import { testTarget } from '../language/testing/target.ts';
import { compile } from './compile.ts';

const OLD: Target = { ...testTarget, kernel: 0x050a00, has: () => false };

interface Case {
  readonly query: string;
  /** Other than the made-up host, and what it stands for. */
  readonly on?: readonly [string, Target];
}

const SUBJECTS: Readonly<Record<string, readonly Case[]>> = {
  aggregates: [
    { query: 'tracepoint:raw_syscalls:sys_enter { @ = count(); }' },
    { query: 'tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); }' },
    { query: 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }' },
    { query: 'kprobe:vfs_read { @ = lhist(arg2, 0, 1000, 100); }' },
    { query: 'kprobe:vfs_read { @[pid] = max(arg2); }' },
    // An fentry program may interrupt another one of its query: counters are atomic.
    { query: 'fentry:vfs_read { @ = count(); }' },
    { query: 'kprobe:vfs_read { @[kstack] = count(); }' },
  ],
  maps: [
    { query: 'kprobe:vfs_read { @start[tid] = nsecs; }' },
    { query: 'kprobe:vfs_read { @x = arg0; @x += 2; @x++; }' },
    {
      query:
        'kretprobe:vfs_read /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); } BEGIN { @start[0] = nsecs; }',
    },
    { query: 'kprobe:vfs_read { @[pid, comm] += arg2; }' },
    { query: 'kprobe:vfs_read { @n[pid]++; }', on: ['Linux 5.10', OLD] },
  ],
  constants: [
    { query: 'kprobe:vfs_read { @ = 6 * 7 - 2; }' },
    { query: 'kprobe:vfs_read { $unused = arg0 * 3; @ = 1; }' },
    { query: 'kprobe:vfs_read { if (1 > 2) { @never = count(); } else { @ = arg1 * 8 / 4; } }' },
  ],
  text: [
    { query: 'kprobe:vfs_read /comm == "bash"/ { printf("%d %s\\n", pid, comm); }' },
    { query: 'tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }' },
    { query: 'kprobe:vfs_read, kprobe:vfs_write { @[probe] = count(); }' },
    { query: 'kprobe:vfs_read { printf("%d %s\\n", pid, comm); }', on: ['no ring buffer', OLD] },
  ],
  loops: [
    { query: 'kprobe:vfs_read { unroll(3) { @++; } }' },
    { query: 'kprobe:vfs_read { for ($i : 0..10) { @[$i] = count(); } }' },
    { query: 'kprobe:vfs_read { $i = 0; while ($i < 5) { $i++; } @ = $i; }' },
  ],
  intervals: [
    { query: 'interval:s:1 { @++; }' },
    // Too short for more than one timer; each has ticks of its own to count.
    { query: 'interval:us:100, interval:ms:5 { @++; }' },
  ],
};

function codeOf({ query, on }: Case): string {
  const { stages, diagnostics } = compile(query, on?.[1] ?? testTarget);
  const said = diagnostics.map((d) => `# ${d.severity}: ${d.message}\n`).join('');
  return `# ${query}${on === undefined ? '' : `   (${on[0]})`}\n${said}${stages.asm?.() ?? ''}`;
}

describe('code of', () => {
  it.each(Object.keys(SUBJECTS))('%s', (subject) => {
    const file = new URL(`testing/${subject}.asm`, import.meta.url);
    const made = (SUBJECTS[subject] ?? []).map(codeOf).join('\n');
    if (process.env['UPDATE'] === '1') writeFileSync(file, made);
    expect(made).toBe(readFileSync(file, 'utf8'));
  });
});
