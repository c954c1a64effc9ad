import type { Case } from '../case.ts';
import { DD, run, TARGET } from './run.ts';

/** Other processes, files and per-CPU variables: what needs kernel functions, helpers of few programs, or kallsyms. */
export const processes: readonly Case[] = [
  {
    id: 'process/name-by-id',
    command: run('rawtracepoint:sched_switch /comm == "dd"/ { @[comm(pid), ppid(pid) == ppid] = count(); }', DD),
    expect: [/@\[dd, true\]: \d+/],
    refusedOn: {
      '5.10': /needs the kernel function bpf_task_from_pid/,
      '6.1': /needs the kernel function bpf_task_from_pid/,
      '6.1-arm64': /needs the kernel function bpf_task_from_pid/,
    },
  },
  {
    id: 'process/name-of-task',
    command: run('kprobe:vfs_read /comm == "dd"/ { @[comm(curtask), pcomm(curtask) == pcomm] = count(); }', DD),
    expect: [/@\[dd, true\]: \d+/],
  },
  {
    id: 'path/iterator',
    command: run('iter:task_file { @[path(ctx.file.f_path)] = count(); }'),
    expect: [/@\[\/dev\/console\]: \d+/],
    refusedOn: { '5.10': /path\(\) needs the helper bpf_d_path in iter programs, .*: needs Linux 5\.12/ },
  },
  {
    id: 'path/fentry',
    command: run('fentry:filp_close /comm == "dd"/ { @[path(args.filp.f_path)] = count(); }', DD),
    expect: [/@\[\/dev\/null\]: \d+/],
    refusedOn: { '6.1-arm64': /needs function entry and exit/ },
  },
  {
    id: 'path/not-allowed',
    command: run('fentry:vfs_read { @[path(args.file.f_path)] = count(); }'),
    expect: [/The kernel allows path\(\) in iterators and in/],
    exit: 1,
  },
  {
    // The run queue of this CPU runs this task; there is none of a CPU that there is not.
    id: 'percpu/runqueues',
    command: run(
      'tracepoint:syscalls:sys_enter_write /comm == "dd"/ { $rq = (struct rq *)percpu_kaddr("runqueues"); ' +
        '$by_number = (struct rq *)percpu_kaddr("runqueues", cpu); ' +
        '@[$rq.curr.pid == tid, $by_number.cpu == cpu, (uint64)percpu_kaddr("runqueues", 9999)] = count(); }',
      DD,
    ),
    expect: [/@\[true, true, 0\]: \d+/],
    reject: ['false'],
    refusedOn: { '6.1-arm64': /needs the variables of the kernel in \/proc\/kallsyms/ },
  },
  {
    id: 'stack/length',
    command: run('kprobe:vfs_read /comm == "dd"/ { $s = kstack(3); @[len($s), len(kstack(2))] = count(); }', DD),
    expect: [/@\[3, 2\]: \d+/],
  },
  {
    id: 'tracepoint/whole-args',
    command: run(
      'tracepoint:syscalls:sys_enter_write /comm == "dd"/ { @[args.count, (args, 1).1] = count(); print(args); }',
      DD,
    ),
    expect: [/\{ \.__syscall_nr = 1, \.fd = 1, \.buf = 0x[0-9a-f]+, \.count = 1 \}/],
    arm64: { expect: [/\{ \.__syscall_nr = 64, \.fd = 1, \.buf = 0x[0-9a-f]+, \.count = 1 \}/] },
  },
  {
    id: 'uprobe/data',
    command: run('uprobe:/bin/target:add { @[*uaddr("demo_tick_semaphore") < 2] = count(); }', TARGET),
    expect: [/@\[true\]: \d+/],
  },
];
