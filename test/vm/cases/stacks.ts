import type { Case } from '../case.ts';
import { DD, run, TARGET } from './run.ts';

export const stacks: readonly Case[] = [
  {
    id: 'stack/kernel',
    command: run('tracepoint:syscalls:sys_enter_write /comm == "dd"/ { @[kstack(3)] = count(); }', DD),
    expect: [/@\[\n(?: {4}\S+\+\d+\n)+\]: 100\d/],
  },
  {
    id: 'stack/user-frames-in-order',
    command: run('uprobe:/bin/target:leaf { @[ustack(3)] = count(); }', TARGET),
    expect: [/@\[\n\s+leaf\+0\n\s+middle\+\d+\n\s+outer\+\d+\n\]: 10/],
  },
  {
    id: 'symbol/ksym-of-kprobe',
    command: run('kprobe:vfs_write /comm == "dd"/ { @[ksym(reg("ip"))] = count(); }', DD),
    expect: [/@\[vfs_write(\+\d+)?\]: 100\d/],
  },
  {
    id: 'symbol/usym',
    command: run('uprobe:/bin/target:add { @[usym(reg("ip"))] = count(); }', TARGET),
    expect: [/@\[add(\+\d+)?\]: 10/],
  },
];
