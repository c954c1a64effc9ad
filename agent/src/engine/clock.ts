/** Times of the kernel's clocks as wall time. */
import { clockOffsetNs, type Clock } from '@bpfscope/native/procfs';

export type ClockName = 'boot' | 'monotonic' | 'tai' | 'sw_tai' | 'real';

const CLOCKS: Record<ClockName, Clock> = {
  boot: 'boottime',
  monotonic: 'monotonic',
  tai: 'tai',
  sw_tai: 'tai',
  real: 'realtime',
};

/** How long an offset is trusted: the wall clock may be set, the machine may sleep. */
const TRUST_MS = 1000;

const offsets = new Map<ClockName, { readonly offset: bigint; readonly at: number }>();

/** Nanoseconds since 1970 of a time on a kernel clock. */
export function realTime(nanoseconds: bigint, clock: ClockName): bigint {
  if (clock === 'real') return nanoseconds;
  const now = performance.now();
  let known = offsets.get(clock);
  if (known === undefined || now - known.at > TRUST_MS) {
    known = { offset: clockOffsetNs(CLOCKS[clock], 'realtime'), at: now };
    offsets.set(clock, known);
  }
  return nanoseconds + known.offset;
}
