import { AttachType } from '@bpfscope/native/uapi';
import { expect, it } from 'vitest';
import type { AttachSite, ResolvedProbe } from '../language/attach.ts';
import { emptyTarget } from '../language/empty-target.ts';
import type { Target } from '../language/target.ts';
import { siteGroups } from './site-groups.ts';

const target = (kernel: number, ...features: string[]): Target => ({
  ...emptyTarget,
  kernel,
  has: (feature) => features.includes(feature),
});
const NEW = target(0x060c00, 'kprobe_multi', 'uprobe', 'uprobe_multi');
const kprobe = (symbol: string, more: Partial<AttachSite> = {}): ResolvedProbe => ({
  name: symbol,
  site: { kind: 'kprobe', return: false, symbol, module: '', offset: 0, address: null, ...more } as AttachSite,
});
const uprobe = (path: string, offset: number, pid: number | null = null): ResolvedProbe => ({
  name: `${path}:${offset}`,
  site: { kind: 'uprobe', return: false, path, symbol: '', offset, pid },
});
const usdtAt = (path: string, offset: number): ResolvedProbe => ({
  name: `${path}:${offset}`,
  site: { kind: 'usdt', path, provider: 'p', name: 'n', offset, semaphoreOffset: 0, args: [], pid: null },
});
const shape = (probes: readonly ResolvedProbe[], on: Target): [string, number | null][] =>
  siteGroups(probes, on).map(({ sites, multi }) => [sites.map(({ name }) => name).join(), multi]);

it('attaches functions in one call, and places inside of them by themselves', () => {
  const probes = [kprobe('a'), kprobe('b'), kprobe('c', { offset: 4 }), kprobe('r', { return: true })];
  expect(shape(probes, NEW)).toEqual([
    ['a,b', AttachType.BPF_TRACE_KPROBE_MULTI],
    ['c', null],
    ['r', null],
  ]);
  expect(shape(probes, target(0x050a00))).toEqual([
    ['a,b,c', null],
    ['r', null],
  ]);
});

it('needs no call for many where there is one', () => {
  expect(shape([kprobe('a')], NEW)).toEqual([['a', null]]);
  expect(shape([uprobe('/x', 1), uprobe('/y', 1)], NEW)).toEqual([['/x:1,/y:1', null]]);
});

it('takes user functions of one binary together, of one process only since threads count there', () => {
  const multi = AttachType.BPF_TRACE_UPROBE_MULTI;
  expect(shape([uprobe('/x', 1), uprobe('/x', 2), uprobe('/y', 1)], NEW)).toEqual([
    ['/x:1,/x:2', multi],
    ['/y:1', null],
  ]);
  const ofProcess = [uprobe('/x', 1, 7), uprobe('/x', 2, 7)];
  expect(shape(ofProcess, NEW)[0]?.[1]).toBe(multi);
  expect(shape(ofProcess, target(0x060800, 'uprobe', 'uprobe_multi'))[0]?.[1]).toBeNull();
});

it('takes the USDT probes of one binary together', () => {
  expect(shape([usdtAt('/x', 1), usdtAt('/x', 2), usdtAt('/y', 1)], NEW)).toEqual([
    ['/x:1,/x:2', AttachType.BPF_TRACE_UPROBE_MULTI],
    ['/y:1', null],
  ]);
  expect(shape([usdtAt('/x', 1), usdtAt('/x', 2)], target(0x060100, 'uprobe'))).toEqual([['/x:1,/x:2', null]]);
});

it('takes the call for many also for one where the kernel denies uprobes one by one', () => {
  const unprivileged = target(0x060c00, 'uprobe_multi');
  const multi = AttachType.BPF_TRACE_UPROBE_MULTI;
  const usdt = usdtAt('/x', 5);
  expect(shape([uprobe('/x', 1)], unprivileged)).toEqual([['/x:1', multi]]);
  expect(shape([usdt], unprivileged)).toEqual([['/x:5', multi]]);
  expect(shape([usdt], NEW)).toEqual([['/x:5', null]]);
  expect(shape([uprobe('/x', 1)], target(0x060100))).toEqual([['/x:1', null]]);
});
