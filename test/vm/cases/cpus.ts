import type { Case } from '../case.ts';
import { run } from './run.ts';

/** The first CPU that may be taken away: on x86-64 not the one it was started with. */
const FIND = 'f=$(ls /sys/devices/system/cpu/cpu[0-9]*/online | head -n 1); c=${f%/online}; c=${c##*cpu}; ';
/** That CPU goes away for some time and comes back; when it is followed again, dd writes 1,000 times on it. */
const away = (seconds: number): string =>
  `${FIND}printf "echo 0 > $f\\nsleep ${seconds}\\necho 1 > $f\\nsleep 2.5\\n` +
  `taskset -c $c dd if=/dev/zero of=/dev/null bs=1 count=1000 2>/dev/null\\nsleep 0.5\\n" > /tmp/cpus; `;
const WITH_CPUS = `-c '/bin/sh /tmp/cpus'`;
const WRITTEN = 'tracepoint:syscalls:sys_enter_write /comm == "dd" && args.count == 1/';

/** CPUs that go away and come back under what is attached to each of them. */
export const cpus: readonly Case[] = [
  {
    // The interval is on one CPU: where that may go away (arm64), it ticks on another one.
    id: 'cpus/every-kind',
    command:
      away(2) +
      run(
        `${WRITTEN} { @back = 1; @written = count(); } kprobe:vfs_write /comm == "dd" && arg2 == 1/ { @called = count(); } ` +
          'profile:hz:50 /@back/ { @profile[cpu] = count(); } software:cpu-clock:1000000 /@back/ { @software[cpu] = count(); } ' +
          'interval:ms:50 /@back/ { @ticks = count(); }',
        WITH_CPUS,
      ),
    expect: [
      ...['@written: 1000\n', '@called: 1000\n', /@ticks: \d+\n/],
      ...[/@profile\[0\]: \d+/, /@profile\[1\]: \d+/, /@software\[0\]: \d+/, /@software\[1\]: \d+/],
      /CPU [01] came online: profile:hz:50 may have seen nothing of its first second/,
    ],
  },
  {
    // Back again before it was noticed to be gone.
    id: 'cpus/perf-rings',
    command:
      `${away(0)}BPFSCOPE_WITHOUT=ringbuf ` +
      `${run(`${WRITTEN} { printf("on %d\\n", cpu); @ = count(); }`, WITH_CPUS)} > /tmp/out 2>&1; ` +
      'grep -c "^on $c$" /tmp/out; grep -v "^on" /tmp/out',
    expect: [/^1000$/m, '@: 1000\n'],
    reject: ['Lost'],
  },
];
