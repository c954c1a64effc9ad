import { PerfAttrFlag, PerfType, SoftwareEvent } from '../uapi/perf.ts';
import { attachToEvents } from './perf-link.ts';
import type { EventAttr } from '../perf/event.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

/** Either a period in nanoseconds (at least 10,000) or a frequency in Hz (at most perf_event_max_sample_rate). */
export type Rate = { readonly periodNs: bigint } | { readonly hz: number };

const clock = (rate: Rate): EventAttr => ({
  type: PerfType.PERF_TYPE_SOFTWARE,
  config: SoftwareEvent.PERF_COUNT_SW_CPU_CLOCK,
  ...('hz' in rate ? { sample_period: rate.hz, flags: PerfAttrFlag.freq } : { sample_period: rate.periodNs }),
});

/** `99 Hz`, `1000000000 ns` */
export const rateName = (rate: Rate): string => ('hz' in rate ? `${rate.hz} Hz` : `${rate.periodNs} ns`);

/** A timer on each of these CPUs, also while they idle (BPF_PROG_TYPE_PERF_EVENT). Linux 4.9. */
export const attachProfile = (
  program: AttachableProgram,
  rate: Rate,
  cpus: readonly number[],
  options: AttachOptions = {},
): Link =>
  attachToEvents(
    program,
    `profile timer of ${rateName(rate)}`,
    clock(rate),
    cpus.map((cpu) => ({ pid: -1, cpu })),
    options,
  );

export interface IntervalOptions extends AttachOptions {
  /** So many timers of the same period, each a moment (the time an event takes to be opened) behind the one before. Default 1. */
  readonly timers?: number;
}

/** A timer on one CPU. Linux 4.9. */
export const attachInterval = (
  program: AttachableProgram,
  rate: Rate,
  cpu: number,
  { timers = 1, ...options }: IntervalOptions = {},
): Link =>
  attachToEvents(
    program,
    `interval timer of ${rateName(rate)}`,
    clock(rate),
    Array.from({ length: timers }, () => ({ pid: -1, cpu })),
    options,
  );
