/**
 * The builtin variables: documentation for hover and completion, and where each may stand. The typing rules are in
 * check/builtins.ts under the same names.
 */
import type { AttachKind } from '../attach.ts';

export interface BuiltinRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** As documentation shows it. */
  readonly type: string;
  readonly documentation: string;
  /** Allowed words in parentheses: `nsecs(boot)`. */
  readonly params?: readonly string[];
  /** Only in these kinds of probe; everywhere when left out. */
  readonly probes?: readonly AttachKind[];
  /** Any one of these kernel features is enough. */
  readonly requires?: readonly string[];
  /** Only at the return of a function. */
  readonly returns?: true;
}

const FUNCTIONS: readonly AttachKind[] = ['kprobe', 'fentry', 'uprobe'];

export const BUILTINS: readonly BuiltinRow[] = [
  {
    name: 'args',
    type: 'struct',
    documentation: 'The arguments of the tracepoint or function, by name: `args.filename`.',
    probes: ['tracepoint', 'rawtracepoint', 'fentry', 'uprobe', 'iter', 'usdt'],
  },
  {
    name: 'cgroup',
    type: 'uint64',
    documentation: 'Cgroup v2 id of the current process.',
    requires: ['helper:bpf_get_current_cgroup_id'],
  },
  {
    name: 'comm',
    type: 'string[16]',
    documentation: 'Name of the current thread; `comm(pid)` and `comm(task)` that of another process.',
  },
  { name: 'cpid', type: 'uint64', documentation: 'Process id of the command started with -c.' },
  { name: 'has_cpid', type: 'bool', documentation: 'Whether a command was started with -c.' },
  { name: 'cpu', type: 'uint32', documentation: 'Number of the CPU the event happened on.' },
  { name: 'ctx', type: 'pointer', documentation: 'The context of the BPF program: unstable, differs by probe type.' },
  { name: 'curtask', type: 'struct task_struct *', documentation: 'The `task_struct` of the current thread.' },
  { name: 'elapsed', type: 'uint64', documentation: 'Nanoseconds since the query started.' },
  {
    name: 'func',
    type: 'string | ksym_t | usym_t',
    documentation: 'Name of the function that is traced.',
    probes: FUNCTIONS,
  },
  { name: 'gid', type: 'uint32', documentation: 'Group id of the current process.' },
  { name: 'jiffies', type: 'uint64', documentation: 'The kernel’s tick counter.', requires: ['helper:bpf_jiffies64'] },
  {
    name: 'kstack',
    type: 'kstack',
    documentation: 'Kernel stack; `kstack(3)` limits the frames, `kstack(perf)` sets the format.',
  },
  {
    name: 'leader_comm',
    type: 'string[16]',
    documentation: 'Name of the main thread of the current process; `leader_comm(task)` of another one.',
  },
  {
    name: 'leader_tid',
    type: 'uint32',
    documentation: 'Thread id of the main thread of the current process; `leader_tid(task)` of another one.',
  },
  { name: 'ncpus', type: 'uint64', documentation: 'How many CPUs the host has.' },
  {
    name: 'nsecs',
    type: 'uint64',
    documentation:
      'Nanoseconds of a kernel clock, by default since boot: `nsecs(monotonic)`, `nsecs(tai)`, `nsecs(sw_tai)`.',
    params: ['monotonic', 'boot', 'tai', 'sw_tai'],
  },
  { name: 'numaid', type: 'uint32', documentation: 'NUMA node of the CPU.' },
  {
    name: 'pcomm',
    type: 'string[16]',
    documentation: 'Name of the parent process; `pcomm(pid)` and `pcomm(task)` for another process.',
  },
  {
    name: 'pid',
    type: 'uint32',
    documentation: 'Process id (thread group) in the agent’s pid namespace; `pid(init)` in the initial one.',
    params: ['curr_ns', 'init'],
  },
  {
    name: 'ppid',
    type: 'uint32',
    documentation: 'Process id of the parent process; `ppid(pid)` and `ppid(task)` for another process.',
  },
  { name: 'probe', type: 'string', documentation: 'Full name of the probe that fired.' },
  {
    name: 'probetype',
    type: 'string',
    documentation: 'Type of the probe that fired: `kprobe`, `tracepoint`; `special` for begin and end.',
  },
  { name: 'rand', type: 'uint32', documentation: 'A random number.' },
  {
    name: 'retval',
    type: 'uint64 or as declared',
    documentation: 'What the traced function returned.',
    probes: FUNCTIONS,
    returns: true,
  },
  {
    name: 'tid',
    type: 'uint32',
    documentation: 'Thread id in the agent’s pid namespace; `tid(init)` in the initial one.',
    params: ['curr_ns', 'init'],
  },
  { name: 'uid', type: 'uint32', documentation: 'User id of the current process.' },
  {
    name: 'usermode',
    type: 'uint8',
    documentation: '1 when the timer interrupted user code.',
    probes: ['profile', 'software', 'hardware'],
  },
  { name: 'username', type: 'username_t', documentation: 'Name of the current user, looked up when printed.' },
  {
    name: 'ustack',
    type: 'ustack',
    documentation: 'User stack; `ustack(3)` limits the frames, `ustack(perf)` sets the format.',
  },
  {
    name: 'dw_ustack',
    type: 'ustack',
    documentation:
      'User stack of programs without frame pointers, by their .eh_frame (x86-64, Linux 5.17); elsewhere as `ustack`. Unstable.',
  },
  {
    name: 'arg',
    aliases: Array.from({ length: 12 }, (_, i) => `arg${String(i)}`),
    type: 'uint64',
    documentation: 'Arguments of the traced function as plain integers: `arg0` is the first.',
    probes: ['kprobe', 'uprobe', 'usdt', 'rawtracepoint', 'fentry'],
  },
];

const BY_NAME = new Map(
  BUILTINS.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
);
BY_NAME.delete('arg');

export function builtinRow(name: string): BuiltinRow | null {
  return BY_NAME.get(name) ?? null;
}

/** Every spelling. */
export function builtinNames(): readonly string[] {
  return [...BY_NAME.keys()];
}
