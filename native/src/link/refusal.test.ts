import { afterEach, expect, it } from 'vitest';
import { FakeKernel } from '../sys/fake-kernel.ts';
import { installKernel } from '../sys/kernel.ts';
import { errnoCode } from '../uapi/errno.ts';
import { attachCounter } from './counter.ts';
import { Iterator } from './iter.ts';
import { attachTracepoint } from './tracepoint.ts';
import { attachProfile } from './timer.ts';
import { attachWatchpoint } from './watchpoint.ts';
import { refusalMeaning } from './refusal.ts';

const program = { fd: { number: 7 }, name: 'p', expectedAttachType: 0 } as Parameters<typeof attachTracepoint>[0];
const kernel = new FakeKernel();
const restore = installKernel(kernel);
afterEach(() => (kernel.refuse = () => 0));

it.each([
  [
    'E2BIG',
    'bpf(BPF_LINK_CREATE)',
    () => attachTracepoint(program, { category: 'a', event: 'b', id: 1 }),
    /allows \(64\)/,
  ],
  ['EINVAL', 'perf_event_open', () => attachProfile(program, { hz: 1e6 }, [0]), /max_sample_rate \(EINVAL/],
  [
    'ENOENT',
    'perf_event_open',
    () => attachCounter(program, { kind: 'hardware', config: 0, count: 1n, name: 'cycles' }, [0]),
    /no such counter/,
  ],
  [
    'ENOSPC',
    'perf_event_open',
    () => attachWatchpoint(program, { address: 8n, length: 8, mode: 'w' }, { cpus: [0] }),
    /debug registers/,
  ],
  ['ENOMEM', 'perf_event_open', () => attachProfile(program, { hz: 99 }, [0]), /Cannot allocate memory \(ENOMEM/],
] as const)('says what %s of %s means', (code, call, attach, message) => {
  kernel.refuse = (each) => (each === call ? -(errnoCode(code) ?? 0) : 0);
  expect(attach).toThrow(message);
  expect([...kernel.open]).toEqual([]);
});

it('reads on where an iterator showed nothing of very many objects', () => {
  let refusals = 2;
  kernel.refuse = (each) => (each === 'read' && refusals-- > 0 ? -(errnoCode('EAGAIN') ?? 0) : 0);
  const iterator = Iterator.attach(program, 'task');
  expect(iterator.run()).toHaveLength(0);
  expect(refusals).toBeLessThan(1);
  iterator.close();
  expect([...kernel.open]).toEqual([]);
});

it('does not read for ever what shows nothing', () => {
  kernel.refuse = (each) => (each === 'read' ? -(errnoCode('EAGAIN') ?? 0) : 0);
  const iterator = Iterator.attach(program, 'task');
  expect(() => iterator.run()).toThrow(/EAGAIN from read/);
  iterator.close();
  expect([...kernel.open]).toEqual([]);
});

it('knows a probe kind from another', () => {
  expect(refusalMeaning('kprobe vfs_read+3', 'EILSEQ')).toBe('the offset is inside an instruction');
  expect(refusalMeaning('uprobe /bin/x:0x10', 'ENOENT')).toBe('there is no such file');
  expect(refusalMeaning('kprobe nope', 'ENOENT')).toMatch(/no such function/);
  expect(refusalMeaning('kprobe nope', 'EIO')).toBeNull();
  restore();
});
