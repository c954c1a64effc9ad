import type { Metric } from '@bpfscope/agent/protocol';
import { expect, test } from 'vitest';
import { metricOptions } from './metric-options.ts';

const metric = (part: Partial<Metric>): Metric => ({
  name: 'runq.latency',
  title: 'Run queue latency',
  description: 'How long threads wait. For a CPU, that is.',
  group: 'CPU',
  unit: 'µs',
  kind: 'histogram',
  cost: 'measurable',
  aliases: ['bcc.runq.latency', 'runqlat', 'run_queue_seconds'],
  labels: [],
  alwaysOn: true,
  query: '',
  unavailable: null,
  ...part,
});

test('an option is found by title and by the tool people know', () => {
  const [option] = metricOptions([metric({})]);
  expect(option).toMatchObject({ value: 'runq.latency', label: 'Run queue latency · runqlat', group: 'CPU' });
  expect(option?.description).toBe('How long threads wait. (histogram, µs; cost measurable)');
});

test('by group, those of this host first, and why the others are not', () => {
  const options = metricOptions([
    metric({ name: 'z', title: 'Z', group: 'Disk' }),
    metric({ name: 'a', title: 'A', unavailable: 'Needs kprobes.' }),
    metric({ name: 'b', title: 'B' }),
  ]);
  expect(options.map(({ value }) => value)).toEqual(['b', 'a', 'z']);
  expect(options[1]?.description).toMatch(/^Not here: Needs kprobes\./);
});
