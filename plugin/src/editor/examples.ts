/** Queries of the cheat sheet. They need no more than tracepoints, so they run on every kernel that runs BPF. */
import type { Format } from '../../shared/index.ts';

export interface Example {
  title: string;
  why: string;
  query: string;
  format: Format;
}

export const EXAMPLES: readonly Example[] = [
  {
    title: 'Who makes system calls',
    why: 'A count per process name: time series, or a table of the whole range.',
    query: 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }',
    format: 'timeseries',
  },
  {
    title: 'How large are reads',
    why: 'A log2 histogram: a heatmap with one row a power of two. The predicate leaves out failed calls.',
    query: 'tracepoint:syscalls:sys_exit_read /args.ret > 0/ { @bytes = hist(args.ret); }',
    format: 'heatmap',
  },
  {
    title: 'How long do reads take',
    why: 'Keep the start by thread, take the difference at the end, and delete the start.',
    query: `tracepoint:syscalls:sys_enter_read { @start[tid] = nsecs; }
tracepoint:syscalls:sys_exit_read /@start[tid]/ {
  @ns = hist(nsecs - @start[tid]);
  delete(@start, tid);
}`,
    format: 'heatmap',
  },
  {
    title: 'Where the CPUs are',
    why: 'Samples 49 times a second on each CPU.',
    query: 'profile:hz:49 { @[comm] = count(); }',
    format: 'table',
  },
  {
    title: 'What is started',
    why: 'One row an event. Meant for rare events: frequent ones belong in a map.',
    query: 'tracepoint:sched:sched_process_exec { printf("%d %s %s\\n", pid, comm, str(args.filename)); }',
    format: 'table',
  },
];

export const NOTES: readonly string[] = [
  'Maps (@name) are read every step; a point is exactly what that step added, and a gap means that nothing was collected.',
  'count() and sum() become rates, hist() and lhist() heatmaps, avg() and stats() time series, printf() rows.',
  'Dashboard variables are written ${name}: the language uses $name for its own variables.',
  'Ctrl+Enter runs the query; Ctrl+Space completes.',
];
