/** One event and its ring on every CPU that is online, with records that can be put into one order by their times. */
import { CLOCKS } from '../procfs/clock.ts';
import { onlineCpus } from '../procfs/cpus.ts';
import { isErrno } from '../sys/error.ts';
import type { Scope } from '../sys/handle.ts';
import { PERF_SAMPLE_TIME, PerfAttrFlag } from '../uapi/perf.ts';
import { PerfEvent } from './event.ts';
import { PerfRing } from './ring.ts';

export interface CpuEvents {
  readonly type: number;
  readonly config: number;
  /** Beside the time. */
  readonly samples: number;
  readonly period?: number;
  readonly flags?: bigint;
  /** Of data in each ring: a power of two. */
  readonly pages: number;
  /** In words, for errors. */
  readonly what: string;
}

export interface OpenRing {
  readonly cpu: number;
  readonly event: PerfEvent;
  readonly ring: PerfRing;
}

/** Linux 4.1, which lets events choose their clock. */
export function openRings(scope: Scope, { type, config, samples, period, flags, pages, what }: CpuEvents): OpenRing[] {
  const attr = {
    type,
    config,
    sample_type: samples | PERF_SAMPLE_TIME,
    sample_period: period ?? 0,
    flags: (flags ?? 0n) | PerfAttrFlag.use_clockid,
    // The same on all CPUs, which perf's own clock need not be.
    clockid: CLOCKS.monotonic,
  };
  return onlineCpus().flatMap((cpu) => {
    try {
      const event = scope.add(PerfEvent.open(attr, { pid: -1, cpu }, `${what} of CPU ${cpu}`));
      return [{ cpu, event, ring: scope.add(PerfRing.open(event, pages)) }];
    } catch (error) {
      // Taken offline in between.
      if (isErrno(error, 'ENODEV')) return [];
      throw error;
    }
  });
}
