import { PerfType } from '../uapi/perf.ts';
import { attachToEvents } from './perf-link.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

/** A software or hardware event of which every `count`-th runs the program. */
export interface CounterEvent {
  readonly kind: 'software' | 'hardware' | 'hw-cache' | 'raw';
  /** PERF_COUNT_SW_*, PERF_COUNT_HW_*, or the raw config. */
  readonly config: number | bigint;
  readonly count: bigint;
  /** For messages: `page-faults`. */
  readonly name: string;
}

const TYPES = {
  software: PerfType.PERF_TYPE_SOFTWARE,
  hardware: PerfType.PERF_TYPE_HARDWARE,
  'hw-cache': PerfType.PERF_TYPE_HW_CACHE,
  raw: PerfType.PERF_TYPE_RAW,
};

/** On each of these CPUs (BPF_PROG_TYPE_PERF_EVENT). Linux 4.9. ENOENT: this machine has no such counter. */
export const attachCounter = (
  program: AttachableProgram,
  event: CounterEvent,
  cpus: readonly number[],
  options: AttachOptions = {},
): Link =>
  attachToEvents(
    program,
    `${event.kind} event ${event.name}`,
    { type: TYPES[event.kind], config: event.config, sample_period: event.count },
    cpus.map((cpu) => ({ pid: -1, cpu })),
    options,
  );
