import { PERF_SAMPLE_RAW, PerfType } from '../uapi/perf.ts';
import { attachToEvents } from './perf-link.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

/** `category:event` with the id from its tracefs directory. Linux 4.7. */
export const attachTracepoint = (
  program: AttachableProgram,
  tracepoint: { readonly category: string; readonly event: string; readonly id: number },
  options: AttachOptions = {},
): Link =>
  attachToEvents(
    program,
    `tracepoint ${tracepoint.category}:${tracepoint.event}`,
    {
      type: PerfType.PERF_TYPE_TRACEPOINT,
      config: tracepoint.id,
      sample_type: PERF_SAMPLE_RAW,
      sample_period: 1,
      wakeup_events: 1,
    },
    // An event on any one CPU registers the program for all.
    [{ pid: -1, cpu: 0 }],
    options,
  );
