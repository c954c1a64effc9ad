import type { Case } from '../case.ts';
import { DD, run } from './run.ts';

/** The kernel's own functions: kprobes and fentry, which the development host cannot run. */
export const kernelFunctions: readonly Case[] = [
  {
    id: 'kprobe/exact-count',
    command: run('kprobe:vfs_write /comm == "dd" && arg2 == 1/ { @ = count(); }', DD),
    expect: ['@: 1000\n'],
  },
  {
    id: 'kprobe/argument-fields',
    command: run(
      'kprobe:vfs_write /comm == "dd" && arg2 == 1/ { @[str(((struct file *)arg0)->f_path.dentry->d_name.name)] = count(); }',
      DD,
    ),
    expect: ['@[null]: 1000'],
  },
  {
    id: 'kretprobe/return-value',
    command: run('kretprobe:vfs_write /comm == "dd"/ { @[retval] = count(); }', DD),
    expect: ['@[1]: 1000'],
  },
  {
    id: 'kprobe/function-offset',
    command: run('kprobe:vfs_write+0 /comm == "dd" && arg2 == 1/ { @ = count(); }', DD),
    expect: ['@: 1000\n'],
  },
  {
    id: 'kprobe/wildcard',
    command: run('kprobe:vfs_writ* /comm == "dd"/ { @[func] = count(); }', DD),
    expect: [/@\[vfs_write\]: 100\d/],
  },
  {
    id: 'kprobe/unknown-function',
    command: run('kprobe:vfs_wrlte { @ = count(); }'),
    expect: ['vfs_write'],
    exit: 1,
  },
  {
    id: 'fentry/typed-arguments',
    command: run(
      'fentry:vfs_write /comm == "dd" && args.count == 1/ { @[str(args.file->f_path.dentry->d_name.name)] = count(); }',
      DD,
    ),
    expect: ['@[null]: 1000'],
  },
  {
    id: 'fexit/return-value',
    command: run('fexit:vfs_write /comm == "dd" && args.count == 1/ { @[retval] = count(); }', DD),
    expect: ['@[1]: 1000'],
  },
];
