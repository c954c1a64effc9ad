import { expect, it } from 'vitest';
import { doctorText } from './doctor.ts';

it('says what is in the way, and how to mend it', () => {
  const text = doctorText({
    version: '1.0.0',
    host: 'box',
    kernel: '6.1.0',
    arch: 'x64',
    problems: [],
    privileges: [
      { name: 'CAP_BPF', since: '5.8', neededFor: 'every query', held: true },
      { name: 'CAP_SYSLOG', since: '2.6.37', neededFor: 'names of kernel functions in stacks', held: false },
    ],
    seccomp: true,
    settings: [
      { name: 'kernel.a', value: '1', good: true, effect: '', mend: '' },
      { name: 'kernel.b', value: '2', good: false, effect: 'stacks end early', mend: 'sysctl -w kernel.b=3' },
    ],
    features: [
      { name: 'ringbuf', title: 'ring buffers', since: '5.8', available: true },
      {
        name: 'uprobe_multi',
        title: 'many uprobes at once',
        since: '6.6',
        available: false,
        reason: 'needs Linux 6.6, this is 6.1.0',
        mend: 'Linux 6.6 or newer',
      },
    ],
  });
  expect(text.split('\n')).toEqual([
    'bpfscope 1.0.0 on box, Linux 6.1.0 (x64)',
    '',
    'Queries can run here.',
    'LACKS    CAP_SYSLOG, for names of kernel functions in stacks',
    'NOTE     a seccomp filter is on this process: it may refuse bpf(2) or perf_event_open(2)',
    'SETTING  kernel.b is 2: stacks end early. To mend: sysctl -w kernel.b=3',
    '',
    'yes  ring buffers',
    'NO   many uprobes at once: needs Linux 6.6, this is 6.1.0. To mend: Linux 6.6 or newer',
    '',
  ]);
});
