import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeKernel } from '../sys/fake-kernel.ts';
import { openHandles } from '../sys/handle.ts';
import { installKernel, memoryAt } from '../sys/kernel.ts';
import { CpuRings } from './cpu-rings.ts';
import type { PerfRing } from './ring.ts';

const EVENTS = { type: 1, config: 9, samples: 0, pages: 1, what: 'records' };
const ENODEV = -19;
const PAGE = 4096;
const SAMPLE = 9;

let kernel: FakeKernel;
let restore: () => void;

beforeEach(() => {
  kernel = new FakeKernel();
  restore = installKernel(kernel);
});
afterEach(() => {
  restore();
  expect([...kernel.open.values()]).toEqual([]);
  expect([...kernel.mapped.keys()]).toEqual([]);
  expect(openHandles()).toEqual([]);
});

/** A record of 16 bytes in a ring that is empty. */
function write(address: number): void {
  const view = new DataView(memoryAt(address, 2 * PAGE));
  view.setUint32(PAGE, SAMPLE, true);
  view.setUint16(PAGE + 6, 16, true);
  view.setBigUint64(1024, 16n, true);
}

it('reads what a CPU left in its ring before it went away, and closes the ring then', () => {
  let online = new Map([
    [0, 1],
    [1, 2],
  ]);
  const rings = new CpuRings<readonly [number, PerfRing]>(EVENTS, ({ cpu, ring }) => [cpu, ring], {
    online: () => online,
  });
  const cpus = (): number[] => rings.all.map(([cpu]) => cpu);
  expect(cpus()).toEqual([0, 1]);
  write([...kernel.mapped.keys()][1] ?? 0);
  // CPU 1 is back already, CPU 0 is not.
  online = new Map([[1, 3]]);
  rings.follow();
  expect(cpus()).toEqual([1, 1]);
  const [, left] = rings.all[1] ?? [];
  left?.refresh();
  expect(left?.type).toBe(SAMPLE);
  left?.skip();
  left?.release();
  online = new Map(online);
  rings.follow();
  expect(cpus()).toEqual([1]);
  expect(kernel.mapped.size).toBe(1);
  rings.close();
});

it.each(['perf_event_open', 'mmap'])('goes on without a CPU whose ring is refused by %s', (name) => {
  let online = new Map([[0, 1]]);
  const rings = new CpuRings(EVENTS, ({ cpu }) => cpu, { online: () => online });
  online = new Map([...online, [1, 2]]);
  kernel.refuse = (call) => (call === name ? -12 : 0);
  rings.follow();
  expect(rings.all).toEqual([0]);
  kernel.refuse = (call) => (call === name ? ENODEV : 0);
  online = new Map(online);
  rings.follow();
  expect(rings.all).toEqual([0]);
  kernel.refuse = () => 0;
  online = new Map(online);
  rings.follow();
  expect(rings.all).toEqual([0, 1]);
  rings.close();
});
