import { expect, test, vi } from 'vitest';
import { agentFacts, type Host } from './facts.ts';

const host = (answers: Partial<Host>): Host => ({
  probes: () => Promise.reject(new Error('down')),
  types: () => Promise.reject(new Error('down')),
  ...answers,
});

const switched = { name: 'tracepoint:sched:sched_switch', args: [{ name: 'prev_pid', type: 'pid_t' }] };

test('names and arguments come from the probe search, asked once', async () => {
  const probes = vi.fn(async () => ({ probes: [switched], total: 1 }));
  const facts = agentFacts(host({ probes }));
  expect(await facts.probes('tracepoint:sched:', 10)).toEqual(['tracepoint:sched:sched_switch']);
  await facts.probes('tracepoint:sched:', 10);
  expect(probes.mock.calls).toEqual([['tracepoint:sched:*', 10]]);
  expect(await facts.args('tracepoint:sched:sched_switch')).toEqual([{ name: 'prev_pid', type: 'pid_t' }]);
  expect(await facts.args('tracepoint:sched:sched')).toEqual([]);
});

test('types and their members come from the type search', async () => {
  const sock = { name: 'struct sock', members: [{ name: 'sk_refcnt', type: 'struct refcount' }] };
  const types = vi.fn(async (search: string) => ({ types: search === 'struct no' ? [] : [sock], total: 1 }));
  const facts = agentFacts(host({ types }));
  expect(await facts.types('struct so', 10)).toEqual(['struct sock']);
  expect(await facts.members('struct sock')).toEqual(sock.members);
  expect(await facts.members('struct no')).toEqual([]);
  expect(types.mock.calls).toEqual([
    ['struct so*', 10],
    ['struct sock', 1],
    ['struct no', 1],
  ]);
});

test('an agent that is down offers nothing and is asked again', async () => {
  const probes = vi.fn(async () => ({ probes: [switched], total: 1 })).mockRejectedValueOnce(new Error('down'));
  const facts = agentFacts(host({ probes }));
  expect(await facts.probes('t', 10)).toEqual([]);
  expect(await facts.probes('t', 10)).toEqual(['tracepoint:sched:sched_switch']);
  expect(await facts.types('struct ', 10)).toEqual([]);
  expect(await facts.members('struct sock')).toEqual([]);
});
