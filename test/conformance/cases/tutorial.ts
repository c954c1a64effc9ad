/**
 * What one learns in the first hours: listing, one-liners over every kind of probe, keys, histograms, predicates, times
 * between events, stacks, structs of the kernel, timers, printing. Functions of the kernel are cases of test/vm.
 */
import { table } from '../case.ts';

const DRY = { args: ['--dry-run'] };
/** Ends after half a second of events. */
const soon = (program: string): string => `${program} interval:ms:500 { exit(); }`;

export const tutorial = table([
  ['hello', 'BEGIN { printf("hello world\\n"); }', ['hello world']],
  [
    'files that are opened',
    soon('tracepoint:syscalls:sys_enter_openat { printf("%s %s\\n", comm, str(args->filename)); }'),
    /^\S.* \S+$/m,
  ],
  ['system calls by process', soon('tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }'), /^@\[.+\]: \d+$/m],
  [
    'system calls by name',
    soon('tracepoint:syscalls:sys_enter_open* { @[probe] = count(); }'),
    /^@\[tracepoint:syscalls:sys_enter_\w+\]: \d+$/m,
  ],
  [
    'sizes of reads as a histogram',
    soon('tracepoint:syscalls:sys_exit_read /args->ret >= 0/ { @bytes = hist(args->ret); }'),
    [/^@bytes:\s*$/m, /\|@+ *\|$/m],
  ],
  [
    'sizes of reads in steps',
    soon('tracepoint:syscalls:sys_exit_read { @ = lhist(args->ret, 0, 2000, 200); }'),
    [/^@:\s*$/m, /^\[0, 200\) +\d+ \|@* *\|$/m],
  ],
  [
    'bytes read by process',
    soon('tracepoint:syscalls:sys_exit_read /args->ret > 0/ { @[pid, comm] = sum(args->ret); }'),
    /^@\[\d+, .+\]: \d+$/m,
  ],
  [
    'how long reads take',
    soon(
      'tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; } tracepoint:syscalls:sys_exit_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start[tid]); } END { clear(@start); }',
    ),
    /^@ns\[.+\]:\s*$/m,
  ],
  [
    'a time per thread',
    soon(
      'tracepoint:sched:sched_switch { @off[args->prev_pid] = nsecs; $then = @off[args->next_pid]; if ($then) { @us = stats((nsecs - $then) / 1000); } delete(@off[args->next_pid]); } END { clear(@off); }',
    ),
    /^@us: \{ \.count = \d+, \.average = \d+, \.total = \d+ \}$/m,
  ],
  ['processes that start', soon('tracepoint:sched:sched_process_fork { @[args->parent_comm] = count(); }'), /^/],
  ['programs that start', soon('tracepoint:syscalls:sys_enter_execve { join(args->argv); }'), /^/],
  ['samples of kernel stacks', soon('profile:hz:99 { @[kstack(3)] = count(); }'), /^/],
  ['samples of a program', soon('profile:hz:99 /pid > 0/ { @[comm, ustack(2)] = count(); }'), /^/],
  [
    'context switches by kernel stack',
    soon('tracepoint:sched:sched_switch { @[kstack] = count(); }'),
    /^ +\w+(\.\w+)*\+\d+$/m,
  ],
  ['page faults by process', soon('software:faults:1 { @[comm] = count(); }'), /^@\[.+\]: \d+$/m],
  [
    'events in each interval',
    'software:cpu-clock:1000000 { @++; } interval:ms:100 { print(@); clear(@); } interval:ms:350 { exit(); }',
    /^@: \d+$/m,
  ],
  ['a column of time', 'interval:ms:100 { time("%H:%M:%S "); printf("tick\\n"); exit(); }', /^\d\d:\d\d:\d\d tick$/m],
  [
    'the largest three',
    'BEGIN { @[1] = 10; @[2] = 40; @[3] = 30; @[4] = 20; print(@, 3); clear(@); }',
    ['@[4]: 20', '@[3]: 30', '@[2]: 40'],
  ],
  [
    'only one process',
    soon('tracepoint:raw_syscalls:sys_enter /pid == $1/ { @ = count(); }'),
    /^@: 0$/m,
    { args: ['999999999'] },
  ],
  ['a condition', 'BEGIN { $n = 7; if ($n % 2 == 0) { printf("even\\n"); } else { printf("odd\\n"); } }', ['odd']],
  ['a choice', 'BEGIN { $n = 7; printf("%s\\n", $n > 5 ? "large" : "small"); }', ['large']],
  ['unrolled', 'BEGIN { $i = 1; unroll (3) { printf("%d ", $i); $i++; } printf("\\n"); }', ['1 2 3 ']],
  ['a loop', 'BEGIN { $i = 0; while ($i < 3) { $i++; } print($i); }', ['3']],
  ['counts up and down', 'BEGIN { @up++; @up++; @down--; }', ['@down: -1', '@up: 2']],
  ['two things at once', 'BEGIN { @[1, "a"] = 2; printf("%d\\n", @[1, "a"]); delete(@[1, "a"]); }', ['2']],
  ['an own struct', 'struct point { int x; int y; }; BEGIN { printf("%d\\n", sizeof(struct point)); }', ['8']],
  [
    'a header of the kernel',
    '#include <linux/sched.h>\nBEGIN { printf("%d\\n", ((struct task_struct *)curtask)->pid > 0); }',
    ['1'],
  ],
  ['functions of a program', soon('uprobe:/bin/bash:readline { @ = count(); }'), /^/, DRY],
  [
    'results of functions of a program',
    soon('uretprobe:/bin/bash:readline { printf("%s\\n", str(retval)); }'),
    /^/,
    DRY,
  ],
]);
