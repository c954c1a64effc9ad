import { describe, expect, it } from 'vitest';
import { testTarget } from '../language/testing/target.ts';
import { isTypePattern, typeLines } from './type-listing.ts';

const lines = (pattern: string, members = true): readonly string[] => typeLines(testTarget.btf, pattern, members);

describe('types of the kernel', () => {
  it('knows their patterns from those of probes', () => {
    expect(['struct path', 'enum  tcp_state', 'union u'].map(isTypePattern)).toEqual([true, true, true]);
    expect(['kprobe:vfs_*', 'struct', 'struct a b', '*struct*'].map(isTypePattern)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('prints structs as C declares them', () => {
    expect(lines('struct path')).toEqual(['struct path {', '\tvoid *mnt;', '\tstruct dentry *dentry;', '};', '']);
    expect(lines('struct task_struct')).toContain('\tchar comm[16];');
  });

  it('prints only the name where members are not asked for', () => {
    expect(lines('struct path', false)).toEqual(['struct path']);
  });

  it('prints nothing of what is not there', () => {
    expect(lines('struct no_such_struct')).toEqual([]);
    expect(typeLines(null, 'struct path', true)).toEqual([]);
  });
});
