import type { Case } from '../case.ts';
import { DD, run } from './run.ts';

export const tracepoints: readonly Case[] = [
  {
    id: 'tracepoint/exact-count',
    command: run('tracepoint:syscalls:sys_enter_write /comm == "dd" && args.count == 1/ { @ = count(); }', DD),
    expect: ['@: 1000\n'],
  },
  {
    id: 'tracepoint/string-field',
    command: run(
      'tracepoint:sched:sched_process_exec /pid == cpid/ { printf("exec %s\\n", str(args.filename)); }',
      `-c '/bin/env /bin/busybox true'`,
    ),
    expect: ['exec /bin/busybox'],
  },
  {
    id: 'tracepoint/char-array',
    command: run('tracepoint:sched:sched_switch /args.next_comm == "dd"/ { @[args.next_comm] = count(); }', DD),
    expect: [/@\[dd\]: \d+/],
  },
  {
    id: 'tracepoint/all-system-calls',
    command: run(
      'tracepoint:syscalls:sys_enter_* /comm == "dd"/ { @in = count(); } tracepoint:syscalls:sys_exit_* /comm == "dd"/ { @out = count(); }',
      DD,
    ),
    expect: [/@in: 20\d\d\n/, /@out: 20\d\d\n/],
  },
  {
    id: 'tracepoint/user-string',
    command: run(
      'tracepoint:syscalls:sys_enter_openat /comm == "cat"/ { @[str(args.filename)] = count(); }',
      `-c '/bin/cat /proc/version'`,
    ),
    expect: ['@[/proc/version]: 1'],
  },
  {
    id: 'tracepoint/two-probes-latency',
    command: run(
      'tracepoint:syscalls:sys_enter_read /comm == "dd"/ { @start[tid] = nsecs; } ' +
        'tracepoint:syscalls:sys_exit_read /@start[tid]/ { @n = count(); @ns = sum(nsecs - @start[tid]); delete(@start, tid); }',
      DD,
    ),
    expect: [/@n: 100\d\n/, /@ns: \d+/],
    reject: ['@ns: 0\n'],
  },
  {
    id: 'tracepoint/wildcard',
    command: run('tracepoint:syscalls:sys_enter_writ* /comm == "dd"/ { @[probe] = count(); }', DD),
    expect: [/@\[tracepoint:syscalls:sys_enter_write\]: 100\d/],
  },
  {
    id: 'rawtracepoint/args',
    command: run('rawtracepoint:sched_switch { @ = count(); @c[args.next.comm] = count(); }', DD),
    expect: [/@: \d+/, /@c\[dd\]: \d+/],
  },
  {
    id: 'rawtracepoint/exact-count',
    command: run('rawtracepoint:sys_enter { if (comm == "dd" && args.id == 1) { @ = count(); } }', DD),
    expect: [/@: 100\d\n/],
    arm64: { command: run('rawtracepoint:sys_enter { if (comm == "dd" && args.id == 64) { @ = count(); } }', DD) },
  },
  {
    // As on kernels before 5.8: perf's rings in place of the ring buffer.
    id: 'events/perf-rings',
    command:
      'BPFSCOPE_WITHOUT=ringbuf ' +
      run('tracepoint:syscalls:sys_enter_write /comm == "dd"/ { @n++; printf("%s %d\\n", comm, @n); }', DD) +
      ` > /tmp/events; grep '^@n' /tmp/events; grep '^dd' /tmp/events | head -n 1000 | tail -n 1; ` +
      `grep '^dd' /tmp/events | cut -d' ' -f2 | sort -nc && echo in order`,
    expect: [/@n: 100\d\n/, 'dd 1000\n', 'in order'],
  },
];
