/** From the kernel's clocks to wall time. */
import { call } from '../sys/kernel.ts';

/** Numbers of include/uapi/linux/time.h. */
export const CLOCKS = { realtime: 0, monotonic: 1, boottime: 7, tai: 11 } as const;

export type Clock = keyof typeof CLOCKS;

/** Nanoseconds: of CLOCK_REALTIME since 1970, of the others since boot (boottime: suspend included). */
export const clockNs = (clock: Clock): bigint => {
  const time = new BigInt64Array(2);
  call(`read the ${clock} clock`, 'clock_gettime', CLOCKS[clock], time);
  return (time[0] ?? 0n) * 1_000_000_000n + (time[1] ?? 0n);
};

/**
 * What to add to a time of one clock for a time of another, good to some microseconds: of a few readings, the one that
 * took least time. For bpf_ktime_get_ns to wall time: ('monotonic', 'realtime'). Changes when the wall clock is set or
 * the host sleeps.
 */
export const clockOffsetNs = (from: Clock, to: Clock): bigint => {
  let best = 0n;
  let shortest: bigint | null = null;
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = clockNs(from);
    const there = clockNs(to);
    const after = clockNs(from);
    if (shortest !== null && after - before >= shortest) continue;
    shortest = after - before;
    best = there - (before + after) / 2n;
  }
  return best;
};

/** Seconds since boot, suspend included. */
export const uptimeSeconds = (): number => Number(clockNs('boottime')) / 1e9;
