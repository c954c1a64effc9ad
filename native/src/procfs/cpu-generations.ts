/**
 * Which CPUs are online, and whether one went away and came back: what the kernel had on it (perf's events) is gone then,
 * though nothing says so.
 */
import { statSync } from 'node:fs';
import { onlineCpus } from './cpus.ts';

/** A CPU that is online, and a number that is another one each time it comes online. */
export type CpuGenerations = ReadonlyMap<number, number>;

/** CPUs come and go in tenths of a second at the fastest; reading costs some microseconds a CPU. */
const READ_EVERY_MS = 1000;

let last: { readonly at: number; readonly cpus: CpuGenerations } | null = null;

/** The kernel makes the folder of a CPU's caches anew each time (drivers/base/cacheinfo.c). 0 where there is none. */
const generationOf = (cpu: number): number =>
  statSync(`/sys/devices/system/cpu/cpu${cpu}/cache`, { throwIfNoEntry: false })?.ino ?? 0;

/** As of now. */
export function readCpuGenerations(): CpuGenerations {
  const cpus = new Map(onlineCpus().map((cpu) => [cpu, generationOf(cpu)]));
  last = { at: performance.now(), cpus };
  return cpus;
}

/** As of the last second: for those who ask all the time. The same object as long as it was not read again. */
export function cpuGenerations(): CpuGenerations {
  return last === null || performance.now() - last.at > READ_EVERY_MS ? readCpuGenerations() : last.cpus;
}
