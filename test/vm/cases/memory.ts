import type { Case } from '../case.ts';
import { run } from './run.ts';

/** Kernel structs by this kernel's own BTF. */
export const memory: readonly Case[] = [
  {
    id: 'memory/curtask-fields',
    command: run(
      'BEGIN { $t = (struct task_struct *)curtask; printf("%s %d\\n", $t->comm, $t->tgid == pid ? 1 : 0); }',
    ),
    expect: [/bpfscope 1/],
  },
  {
    id: 'memory/pointer-chain',
    command: run(
      'tracepoint:syscalls:sys_enter_getppid { $t = (struct task_struct *)curtask; @[$t->real_parent->tgid == ppid ? 1 : 0] = count(); }',
      `-c '/bin/sh -c "echo $PPID"'`,
    ),
    expect: [],
  },
  {
    id: 'iter/task',
    command: run('iter:task { @[ctx.task->comm] = count(); printf("%s\\n", ctx.task->comm); }'),
    expect: ['init'],
    // printf in iterators needs bpf_seq_printf; iter programs came with 5.8.
  },
  {
    id: 'iter/task-init',
    // A host may hide its first process, also from root: here it must be there.
    command: run('iter:task /ctx.task->pid == 1/ { @ = count(); }'),
    expect: ['@: 1\n'],
  },
  {
    id: 'iter/task-file',
    command: run('iter:task_file { @[ctx.task->comm] = count(); }'),
    expect: [/@\[bpfscope\]: \d+/],
  },
  {
    id: 'iter/task-vma',
    command: run('iter:task_vma { @[ctx.task->comm] = count(); }'),
    expect: [/@\[bpfscope\]: \d+/],
    // Came with 5.12.
    refusedOn: { '5.10': /task_vma/ },
  },
];
