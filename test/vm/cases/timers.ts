import type { Case } from '../case.ts';
import { run } from './run.ts';

export const timers: readonly Case[] = [
  {
    id: 'interval/ticks',
    command: run('interval:ms:100 { if (@n < 5) { @n++; } else { exit(); } }'),
    expect: ['@n: 5'],
  },
  {
    id: 'profile/every-cpu',
    command: run('profile:hz:50 { @[cpu] = count(); } interval:s:1 { exit(); }'),
    expect: [/@\[0\]: \d+/, /@\[1\]: \d+/],
  },
  {
    id: 'software/page-faults',
    command: run('software:page-faults:1 /comm == "target"/ { @ = count(); }', `-c '/bin/target 1'`),
    expect: [/@: \d+/],
    reject: ['@: 0'],
  },
  {
    id: 'hardware/no-pmu',
    command: run('hardware:cycles:1000000 { @ = count(); }'),
    expect: ['no such counter'],
    exit: 1,
    // QEMU's "virt" machine emulates a counter of cycles.
    arm64: {
      command: run('hardware:cycles:1000000 { @ = count(); } interval:s:1 { exit(); }'),
      expect: [/@: [1-9]\d*/],
      exit: 0,
    },
  },
  {
    id: 'profile/kernel-stack',
    command: run('profile:hz:99 { @[kstack(5)] = count(); } interval:s:1 { exit(); }'),
    expect: [/\n\s+[a-z_]\w*(\.\w+)*\+\d+\n/],
  },
];
