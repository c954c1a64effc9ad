import type { Case } from '../case.ts';
import { DD, run, TARGET } from './run.ts';

/** arm64 has them since 6.4. */
const NO_TRAMPOLINES = { '6.1-arm64': /needs function entry and exit/ };

/** Prints the address of a name. Emulated, a pattern takes seconds for all names: most are sorted out before. */
const symbol = (name: string, more: string): string =>
  `grep -F ' ${name}' /proc/kallsyms | grep ' ${name}${more}$' | head -n 1 | cut -d' ' -f1`;

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
    refusedOn: NO_TRAMPOLINES,
  },
  {
    id: 'fentry/pointer-as-number',
    command: run(
      'fentry:vfs_write /comm == "dd" && args.count == 1/ { $f = args.file; $n = (uint64)$f; @[$n * 3 % 3, (uint64)args.file / 2 == $n / 2, (uint32)args.file == $n % 4294967296] = count(); }',
      DD,
    ),
    // 2 to the 64th leaves 1 by 3: what a product that wraps leaves is not 0, but the same for one file.
    expect: [/^@\[[012], true, true\]: 1000$/m],
    refusedOn: NO_TRAMPOLINES,
  },
  {
    id: 'fexit/return-value',
    command: run('fexit:vfs_write /comm == "dd" && args.count == 1/ { @[retval] = count(); }', DD),
    expect: ['@[1]: 1000'],
    refusedOn: NO_TRAMPOLINES,
  },
  {
    id: 'kprobe/many-functions',
    command: run('kprobe:vfs_* /comm == "dd" && arg2 == 1/ { @[func] = count(); }', DD),
    expect: ['@[vfs_read]: 1000', '@[vfs_write]: 1000'],
  },
  {
    id: 'kprobe/many-functions-probe',
    command: run('kprobe:vfs_rea*,kprobe:vfs_writ* /comm == "dd" && arg2 == 1/ { @[probe] = count(); }', DD),
    expect: ['@[kprobe:vfs_read]: 1000', '@[kprobe:vfs_write]: 1000'],
  },
  {
    id: 'kprobe/many-functions-stack',
    command: run('kprobe:vfs_rea*,kprobe:vfs_writ* /comm == "dd" && arg2 == 1/ { @[kstack(2)] = count(); }', DD),
    expect: [
      /@\[\n\s+vfs_write\+\d+\n\s+ksys_write\+\d+\n\]: 1000/,
      /@\[\n\s+vfs_read\+\d+\n\s+ksys_read\+\d+\n\]: 1000/,
    ],
    // At its first instruction the function has no frame yet: the kernel's walk leaves its caller out.
    arm64: {
      expect: [
        /@\[\n\s+vfs_write\+0\n\s+__arm64_sys_write\+\d+\n\]: 1000/,
        /@\[\n\s+vfs_read\+0\n\s+__arm64_sys_read\+\d+\n\]: 1000/,
      ],
    },
  },
  {
    id: 'kretprobe/many-functions',
    command: run('kretprobe:vfs_rea*,kretprobe:vfs_writ* /comm == "dd" && retval == 1/ { @[func] = count(); }', DD),
    expect: ['@[vfs_read]: 1000', '@[vfs_write]: 1000'],
  },
  {
    id: 'kprobe/address',
    command:
      `a=$(${symbol('vfs_write', '')}); bpfscope run -q --unsafe ${DD} ` +
      `-e "kprobe:0x$a { if (comm == \\"dd\\" && arg2 == 1) { @ = count(); } }"`,
    expect: ['@: 1000\n'],
  },
  {
    id: 'fentry/wildcard',
    command: run('fentry:vfs_writ* /comm == "dd"/ { @[func] = count(); }', DD),
    expect: [/@\[vfs_write\]: 100\d/],
    // bpf_get_func_ip for these programs came with 5.17.
    refusedOn: { ...NO_TRAMPOLINES, '5.10': /needs the helper bpf_get_func_ip in fexit programs/ },
  },
  {
    id: 'watchpoint/user-variable',
    // Other programs have something of theirs at the address.
    command: `a=$(/bin/target 1 where); bpfscope run -q ${TARGET} -e "watchpoint:$a:8:w /comm == \\"target\\"/ { @ = count(); }"`,
    expect: [/@: 10\n/],
  },
  {
    id: 'watchpoint/kernel-variable',
    command:
      `a=$(${symbol('jiffies', '\\(_64\\)*')}); bpfscope run -q ` +
      `-e "watchpoint:0x$a:8:w { @ = count(); } interval:s:1 { exit(); }"`,
    expect: [/@: [1-9]\d*\n/],
    // Its cloud kernel has no variables among its symbols.
    refusedOn: { '6.1-arm64': /Invalid watchpoint/ },
  },
];
