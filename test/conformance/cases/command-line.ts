import { table } from '../case.ts';

const NOTIFY = { __BPFTRACE_NOTIFY_PROBES_ATTACHED: '1' };

export const commandLine = table([
  [
    'tells that it is attached',
    'interval:ms:20 { print("tick"); exit(); }',
    ['__BPFTRACE_NOTIFY_PROBES_ATTACHED', 'tick'],
    { env: NOTIFY },
  ],
  [
    'command and its pid',
    'tracepoint:sched:sched_process_exit /pid == cpid/ { print(has_cpid); print(args.comm == comm); }',
    ['true', 'true'],
    { args: ['-c', 'true'] },
  ],
  ['cpid without a command', 'BEGIN { print(has_cpid); print(cpid); }', ['false', '0']],
  ['its output stays', 'BEGIN { @ = 1; }', ['hi', '@: 1'], { args: ['-c', 'echo hi'] }],
  ['no such command', 'BEGIN { print(1); }', /^$/, { args: ['-c', '/no/such/command'], exit: 1, err: /ERROR/ }],
  ['output to a file', 'BEGIN { print("x"); }', [], { args: ['-o', '/dev/null'] }],
  ['-v', 'BEGIN { print("x"); }', /x/, { args: ['-v'] }],
  ['-k', 'BEGIN { print(str((uint8 *)8)); }', [], { args: ['-k'] }],
  ['unknown debug options are accepted', 'BEGIN { print("x"); }', ['x'], { args: ['--verify-llvm-ir'] }],
  ['dump of the program', 'BEGIN { print(1); }', /begin/i, { args: ['-d', 'ast'] }],
  ['code of a kprobe', 'kprobe:vfs_read { @[comm, arg2] = count(); }', /call/, { args: ['-d', 'asm'] }],
  ['test probes', 'test:one { print(1); }', /1/, { args: ['--test'] }],
  ['test probes need --test', 'test:one { print(1); } BEGIN { print(2); }', [], { exit: 1, err: /--test/ }],
  ['system', 'BEGIN { system("echo %s %d", "hi", 3); }', ['hi 3'], { args: ['--unsafe'] }],
  [
    'system in JSON',
    'BEGIN { system("echo hi"); }',
    ['{"type": "syscall", "data": "hi\\n"}'],
    { args: ['--unsafe', '-f', 'json'] },
  ],
  ['bad format', 'BEGIN { print(1); }', [], { args: ['-f', 'yaml'], exit: 1, err: /yaml/ }],
  ['exit code and maps', 'BEGIN { @a = 1; exit(5); } END { print("end"); }', ['end', '@a: 1'], { exit: 5 }],
]);
