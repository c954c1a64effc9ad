import { table } from '../case.ts';

const soon = 'interval:ms:150 { exit(); }';
const ENDS = 'BEGIN { system("true"); }';

export const probes = table([
  [
    'packets to a file',
    'rawtracepoint:net_dev_queue { $r = skboutput("/dev/null", args.skb, args.skb.len, 14); printf("%d\\n", $r); exit(); }',
    /^0$/m,
    { args: ['-c', 'bash -c pwd>/dev/udp/127.0.0.1/9'] },
  ],
  [
    'packets to a file that cannot be',
    'rawtracepoint:net_dev_queue { skboutput("/no/such/file", args.skb, args.skb.len, 14); exit(); }',
    [],
    { args: ['-c', 'bash -c pwd>/dev/udp/127.0.0.1/9'], err: /WARNING: skboutput: ENOENT/ },
  ],
  [
    'packets of what is none',
    'BEGIN { skboutput("/dev/null", curtask, 1, 0); }',
    [],
    { exit: 1, err: /skboutput\(\) takes a struct sk_buff pointer, not struct task_struct \*/ },
  ],
  [
    'data of the traced library',
    'uprobe:libc:write /comm == "cat"/ { print(*uaddr("optind")); exit(); } uretprobe:libc:read /comm == "cat"/ { @ = *uaddr("optind"); }',
    [/^1$/m, /^@: 1$/m],
    { args: ['-c', 'cat /proc/version'] },
  ],
  [
    'no such data',
    'uprobe:libc:write { print(uaddr("no_such_symbol")); }',
    [],
    { exit: 1, err: /has no symbol 'no_such_symbol'/ },
  ],
  [
    'args as a whole',
    'tracepoint:raw_syscalls:sys_enter { print(args); exit(); }',
    /^\{ \.id = \d+, \.args = \[-?\d+(,-?\d+){5}\] \}$/m,
  ],
  [
    'args kept as a whole',
    'tracepoint:raw_syscalls:sys_exit { @[args] = 1; $a = args; @id = $a.id; exit(); }',
    /^@\[\{ \.id = -?\d+, \.ret = -?\d+ \}\]: 1$/m,
  ],
  [
    'args as a whole in a loop',
    'tracepoint:raw_syscalls:sys_exit /pid == cpid/ { for ($i : 0..70) { @[args] = count(); } print(len(@)); exit(); }',
    /^1$/m,
    { args: ['-c', 'cat /dev/null'] },
  ],
  ['an array of args', 'tracepoint:raw_syscalls:sys_enter { print(args.args); exit(); }', /^\[-?\d+(,-?\d+){5}\]$/m],
  [
    'old spelling of args',
    'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { @[str(args->filename)] = count(); }',
    [/@\[.*\/proc\/self\/status\]: 1/],
    { args: ['-c', 'cat /proc/self/status /dev/null'] },
  ],
  [
    'entry and return',
    'tracepoint:syscalls:sys_enter_write /pid == cpid/ { @start[tid] = nsecs; } tracepoint:syscalls:sys_exit_write /@start[tid]/ { @ret = args.ret; @ok = (nsecs - @start[tid]) > 0; delete(@start, tid); }',
    [/^hi$/m, /@ok: true/, /@ret: 3/],
    { args: ['-c', 'echo hi'] },
  ],
  [
    'several attach points',
    'tracepoint:syscalls:sys_enter_openat, tracepoint:syscalls:sys_enter_close /pid == cpid/ { @[probe] = count(); }',
    [/@\[tracepoint:syscalls:sys_enter_openat\]: \d+/, /@\[tracepoint:syscalls:sys_enter_close\]: \d+/],
    { args: ['-c', 'true'] },
  ],
  [
    'wildcard',
    'tracepoint:syscalls:sys_enter_open* /pid == cpid/ { @[probe] = count(); }',
    /@\[tracepoint:syscalls:sys_enter_openat\]: \d+/,
    { args: ['-c', 'true'] },
  ],
  [
    'short names',
    `t:syscalls:sys_enter_read { @ = count(); } i:ms:50 { exit(); } END { clear(@); print("ok"); }`,
    ['ok', '@: 0'],
  ],
  ['profile', `profile:hz:499 { @[cpu] = count(); } ${soon} END { print(len(@) > 0); clear(@); }`, ['true']],
  [
    'profile by duration',
    `profile:2ms { @ = count(); } ${soon} END { if (@ > 5) { print("ok"); } clear(@); }`,
    ['ok', '@: 0'],
  ],
  [
    'interval by duration',
    'interval:20ms { @++; if (@ == 3) { exit(); } } END { clear(@); print("ok"); }',
    ['ok', '@: 0'],
  ],
  [
    'software',
    `software:page-faults:1 { @[comm] = count(); } END { if (len(@) > 0) { print("ok"); } clear(@); }`,
    /ok/,
    { args: ['-c', 'true'] },
  ],
  [
    'raw tracepoint',
    `rawtracepoint:sched_switch { @[str(args.next.comm)] = count(); } ${soon} END { if (len(@) > 0) { print("ok"); } clear(@); }`,
    ['ok'],
  ],
  [
    'raw tracepoint with numbers',
    `rawtracepoint:sys_enter { @[arg1] = count(); } ${soon} END { if (len(@) > 0) { print("ok"); } clear(@); }`,
    ['ok'],
  ],
  ['uprobe', 'uprobe:libc:malloc /pid == cpid/ { @ = count(); }', /@: \d+/, { args: ['-c', '/bin/sh -c date'] }],
  [
    'uretprobe',
    'uretprobe:libc:getppid /pid == cpid/ { @ok = retval == ppid; }',
    ['@ok: true'],
    { args: ['-c', 'python3 -c __import__("os").getppid()'] },
  ],
  [
    'arguments of functions',
    'uprobe:libc:strtol /pid == cpid && arg2 == 7/ { printf("%s %d\\n", str(arg0), arg2); }',
    [],
    { args: ['-c', 'true'] },
  ],
  ['iterator', 'iter:task { if (ctx.task.pid == pid) { printf("%d\\n", ctx.task.tgid == pid); } }', ['1']],
  [
    'stacks as keys',
    `profile:hz:499 { @k[kstack(2)] = count(); @u[ustack(perf, 2), comm] = count(); } ${soon} END { clear(@k); clear(@u); print("ok"); }`,
    ['ok'],
  ],
  [
    'same point twice',
    'tracepoint:syscalls:sys_enter_getppid /pid == cpid && comm == "python3"/ { print("first"); } tracepoint:syscalls:sys_enter_getppid /pid == cpid && comm == "python3"/ { print("second"); }',
    ['first', 'second'],
    { args: ['-c', 'python3 -c __import__("os").getppid()'] },
  ],
  ['args of nothing', 'BEGIN { print(args); }', [], { exit: 1, err: /ERROR/ }],
  ['retval of a tracepoint', 'tracepoint:syscalls:sys_exit_read { print(retval); }', [], { exit: 1, err: /args\.ret/ }],
  ['removed sarg0', 'uprobe:libc:malloc { print(sarg0); }', [], { exit: 1, err: /sarg0/ }],
  ['unknown provider', 'kprobbe:vfs_read { print(1); }', [], { exit: 1, err: /kprobe/ }],
  ['unknown event of software', 'software:nothing:1 { print(1); }', [], { exit: 1, err: /ERROR/ }],
  ['preamble behind a probe', 'BEGIN { print(1); }\n#define X 1\n', [], { exit: 1, err: /ERROR/ }],
  ['system in begin', ENDS, [], { exit: 1, err: /--unsafe/ }],
  [
    'the idle task has an empty user stack',
    'tracepoint:sched:sched_switch /pid == 0/ { printf("[%s]\\n", ustack); @[ustack] = count(); @w[ustack, 1] = 1; exit(); }',
    [/^\[\]$/m, /^@\[\]: \d+$/m, /^@w\[, 1\]: 1$/m],
  ],
  [
    'waits for its signal',
    'self:signal:SIGUSR1 { print("got"); exit(); } BEGIN { system("kill -USR1 $PPID"); }',
    ['got'],
    { args: ['--unsafe'] },
  ],
]);
