/** The kernel's clocks against the wall clock. */
import { call } from '@bpfscope/native/sys';

const CLOCKS = { real: 0, monotonic: 1, boot: 7, tai: 11, sw_tai: 11 } as const;

export type ClockName = keyof typeof CLOCKS;

/** How long an offset is trusted: the wall clock may be set, the machine may sleep. */
const TRUST_MS = 1000;

export function readClock(clock: ClockName): bigint {
  const time = new BigInt64Array(2);
  call('read the clock', 'clock_gettime', CLOCKS[clock], time);
  return (time[0] ?? 0n) * 1_000_000_000n + (time[1] ?? 0n);
}

const offsets = new Map<ClockName, { readonly offset: bigint; readonly at: number }>();

/** Nanoseconds since 1970 of a time on a kernel clock. */
export function realTime(nanoseconds: bigint, clock: ClockName): bigint {
  if (clock === 'real') return nanoseconds;
  const now = performance.now();
  let known = offsets.get(clock);
  if (known === undefined || now - known.at > TRUST_MS) {
    known = { offset: readClock('real') - readClock(clock), at: now };
    offsets.set(clock, known);
  }
  return nanoseconds + known.offset;
}
