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
  [
    'cpid without a command',
    'BEGIN { print(has_cpid); print(cpid); }',
    ['false', '0'],
    { err: /1:32-36: WARNING: There is no child process: cpid is 0/ },
  ],
  [
    'cpid that is asked for only with a command',
    'BEGIN { if (has_cpid) { print(cpid); } print(has_cpid ? cpid : 7); print(has_cpid && cpid == 1); }',
    ['7', 'false'],
    { err: /^$/ },
  ],
  ['its output stays', 'BEGIN { @ = 1; }', ['hi', '@: 1'], { args: ['-c', 'echo hi'] }],
  ['no such command', 'BEGIN { print(1); }', /^$/, { args: ['-c', '/no/such/command'], exit: 1, err: /ERROR/ }],
  ['output to a file', 'BEGIN { print("x"); }', [], { args: ['-o', '/dev/null'] }],
  [
    '-v',
    'BEGIN { print("x"); }',
    /x/,
    { args: ['-v'], err: /Program ID: \d+[^]*processed \d+ insns[^]*Attaching begin/ },
  ],
  ['-k', 'BEGIN { print(str((uint8 *)8)); }', [], { args: ['-k'], err: /WARNING[^]*helper: probe_read_kernel_str/ }],
  ['-l of a program', 'tracepoint:sched:sched_process_ex* { }', /sched_process_exec\n/, { args: ['-l'] }],
  [
    "the calls of the placeholder are not the command's, but for the execve",
    'tracepoint:raw_syscalls:sys_enter /pid == cpid && comm == "sh"/ { @[syscall_name(args.id)] = count(); }',
    ['@[execve]: 1'],
    { args: ['-c', '/bin/true'] },
  ],
  [
    'macros of the preamble',
    '#define MIN(a, b) ((a) < (b) ? (a) : (b))\n#define SAY(x) printf("%s = %d\\n", #x, x)\n#define TASK struct task_struct *\nBEGIN { $a = 3; SAY(MIN($a + 1, 9)); print(sizeof(TASK)); }',
    ['MIN($a + 1, 9) = 4', '8'],
  ],
  [
    'versions of the kernel',
    '#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)\n#define V 1\n#else\n#define V 0\n#endif\nBEGIN { print(V); }',
    ['1'],
  ],
  [
    'no file of that name',
    '#include "no/such.h"\nBEGIN { }',
    [],
    { exit: 1, err: /^stdin:1:1-21: ERROR: There is no file/ },
  ],
  ['unknown debug options are accepted', 'BEGIN { print("x"); }', ['x'], { args: ['--verify-llvm-ir'] }],
  ['dump of the program', 'BEGIN { print(1); }', /begin/i, { args: ['-d', 'ast'] }],
  ['code of a kprobe', 'kprobe:vfs_read { @[comm, arg2] = count(); }', /call/, { args: ['-d', 'asm'] }],
  [
    'test probes that pass print nothing',
    'BEGIN { print(1); } test:one { print(2); exit(); } test:two { return 0; } bench:left { print(3); }',
    /^1\n\[=+\] Running 2 tests\.\n\[ RUN {6}\] one\n\[ {7}OK \] one \(\d+ ms\)\n\[ RUN {6}\] two\n\[ {7}OK \] two \(\d+ ms\)\n\[=+\] 2 tests ran\. \(\d+ ms total\)\n\[ {2}PASSED {2}\] 2 tests\.\n\n\n$/,
    { args: ['--test'], err: /bench probes are left out without --bench/ },
  ],
  [
    'test probes fail by what they return, errors and exit codes',
    'test:value { print("shown"); return 1 << 32; } test:good { print("hidden"); } test:loop { $i = 0; while ($i < 200) { if ($i == 150) { return 1; } $i++; } } test:error { errorf("wrong"); } test:zero { $z = (uint64)cpu * 0; $y = 5 / $z; } test:exits { exit(3); } test:asserts { assert(ncpus == 0, "none"); }',
    [
      /RUN {6}\] value\nshown\n\[ {2}FAILED {2}\] value/,
      /^(?![^]*hidden)[^]*PASSED {2}\] 1 test\.\n\[ {2}FAILED {2}\] 6 tests:/,
    ],
    { args: ['--test'], exit: 1, err: /ERROR: wrong\n[^]*Divide[^]*assert failed: none/ },
  ],
  [
    'tests in JSON',
    'test:one { print(2); } test:two { print(3); return 1; }',
    ['{"type": "value", "data": 3}', '{"type": "test_results", "data": {"one": true, "two": false}}'],
    { args: ['--test', '-f', 'json'], exit: 1 },
  ],
  ['test probes need --test', 'test:one { print(1); } BEGIN { print(2); }', ['2'], { err: /left out without --test/ }],
  [
    'a benchmark',
    'bench:sum { $x = (uint64)rand; @ = $x * 3; } bench:nothing { @n = count(); } END { printf("%d\\n", @n > 1000); clear(@); clear(@n); }',
    /^(\+-+\+-+\+)\n\| BENCHMARK \| NANOSECONDS \|\n\1\n\| nothing +\| \d+ +\|\n\| sum +\| \d+ +\|\n\1\n/m,
    { args: ['--bench'] },
  ],
  [
    'a dry run prints nothing',
    'BEGIN { print(1); @ = 2; system("echo x"); } END { print(3); }',
    [],
    { args: ['--dry-run', '--unsafe'] },
  ],
  [
    'a command and a process',
    'BEGIN { print(1); }',
    [],
    { args: ['-c', 'true', '-p', '1'], exit: 1, err: /Cannot use both -c and -p/ },
  ],
  ['nothing but test probes', 'bench:one { print(1); }', [], { exit: 1, err: /None of the probes/ }],
  ['system', 'BEGIN { system("echo %s %d", "hi", 3); }', ['hi 3'], { args: ['--unsafe'] }],
  [
    'system in JSON',
    'BEGIN { system("echo hi"); }',
    ['{"type": "syscall", "data": "hi\\n"}'],
    { args: ['--unsafe', '-f', 'json'] },
  ],
  ['bad format', 'BEGIN { print(1); }', [], { args: ['-f', 'yaml'], exit: 1, err: /yaml/ }],
  ['exit code and maps', 'BEGIN { @a = 1; exit(5); } END { print("end"); }', ['end', '@a: 1'], { exit: 5 }],
  [
    'a macro that is a whole body',
    '#define BODY(x) { printf("%d\\n", x); }\n#define LAST { print("last"); }\nBEGIN BODY(5)\nEND /1 == 1/ LAST\n',
    ['5', 'last'],
  ],
]);
