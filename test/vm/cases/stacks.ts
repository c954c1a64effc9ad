import type { Case } from '../case.ts';
import { DD, run, TARGET } from './run.ts';

const walked = (place: string): string =>
  run(`uprobe:/bin/target:${place} { @[dw_ustack(4)] = count(); }`, '--unsafe', TARGET);

export const stacks: readonly Case[] = [
  {
    // By a kprobe: system call tracepoints of older kernels hand over the process's registers, so that their stack is empty.
    id: 'stack/kernel',
    command: run('kprobe:vfs_write /comm == "dd"/ { @[kstack(3)] = count(); }', DD),
    expect: [/@\[\n\s+vfs_write\+\d+\n\s+ksys_write\+\d+\n\s+\S+\n\]: 100\d/],
    arm64: { expect: [/@\[\n\s+vfs_write\+0\n\s+__arm64_sys_write\+\d+\n\s+\S+\n\]: 100\d/] },
  },
  {
    // After the function made its frame: at its very start the frame pointer is still its caller's.
    id: 'stack/user-frames-in-order',
    command: run('uprobe:/bin/target:leaf+4 { @[ustack(3)] = count(); }', '--unsafe', TARGET),
    expect: [/@\[\n\s+leaf\+4 .*target.c:\d+\n\s+middle\+\d+ .*\n\s+outer\+\d+ .*\n\]: 10/],
    arm64: {
      command: run('uprobe:/bin/target:leaf+8 { @[ustack(3)] = count(); }', '--unsafe', TARGET),
      expect: [/@\[\n\s+leaf\+8 .*target.c:\d+\n\s+middle\+\d+ .*\n\s+outer\+\d+ .*\n\]: 10/],
    },
  },
  {
    // At its very start, where frame pointers would leave out `middle`. Without bpf_loop (5.17), and on arm64, they are followed.
    id: 'stack/user-frames-by-tables',
    command: `case $(uname -r) in 5.10*) ${walked('leaf+4')};; *) ${walked('leaf')};; esac`,
    expect: [/@\[\n\s+leaf\+\d+ .*target.c:\d+\n\s+middle\+\d+ .*\n\s+outer\+\d+ .*\n\s+main\+\d+ .*\n\]: 10/],
    arm64: { command: walked('leaf+8') },
  },
  {
    id: 'symbol/ksym-of-kprobe',
    command: run('kprobe:vfs_write /comm == "dd"/ { @[ksym(reg("ip"))] = count(); }', DD),
    expect: [/@\[vfs_write(\+\d+)?\]: 100\d/],
    arm64: { command: run('kprobe:vfs_write /comm == "dd"/ { @[ksym(reg("pc"))] = count(); }', DD) },
  },
  {
    id: 'symbol/usym',
    command: run('uprobe:/bin/target:add { @[usym(reg("ip"))] = count(); }', TARGET),
    expect: [/@\[add(\+\d+)?\]: 10/],
    arm64: { command: run('uprobe:/bin/target:add { @[usym(reg("pc"))] = count(); }', TARGET) },
  },
];
