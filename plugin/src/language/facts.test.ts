import { expect, test, vi } from 'vitest';
import { agentFacts } from './facts.ts';

const answer = {
  probes: [{ name: 'tracepoint:sched:sched_switch', args: [{ name: 'prev_pid', type: 'pid_t' }] }],
  total: 1,
};

test('names and arguments come from the probe search, asked once', async () => {
  const probes = vi.fn(async () => answer);
  const facts = agentFacts(probes);
  expect(await facts.probes('tracepoint:sched:', 10)).toEqual(['tracepoint:sched:sched_switch']);
  await facts.probes('tracepoint:sched:', 10);
  expect(probes).toHaveBeenCalledTimes(1);
  expect(await facts.args('tracepoint:sched:sched_switch')).toEqual([{ name: 'prev_pid', type: 'pid_t' }]);
  expect(await facts.args('tracepoint:sched:sched')).toEqual([]);
});

test('an agent that is down offers nothing and is asked again', async () => {
  const probes = vi.fn(async () => answer).mockRejectedValueOnce(new Error('down'));
  const facts = agentFacts(probes);
  expect(await facts.probes('t', 10)).toEqual([]);
  expect(await facts.probes('t', 10)).toEqual(['tracepoint:sched:sched_switch']);
});
