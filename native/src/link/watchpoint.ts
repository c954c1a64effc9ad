import { HW_BREAKPOINT_R, HW_BREAKPOINT_W, HW_BREAKPOINT_X, PerfType } from '../uapi/perf.ts';
import { attachToEvents } from './perf-link.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

export interface Watchpoint {
  readonly address: bigint;
  readonly length: 1 | 2 | 4 | 8;
  /** Letters of r, w, x; x alone and with length 8 only. x86 cannot watch reads alone (EINVAL): use rw. */
  readonly mode: string;
}

const BITS: Readonly<Record<string, number>> = { r: HW_BREAKPOINT_R, w: HW_BREAKPOINT_W, x: HW_BREAKPOINT_X };

const breakpointType = (mode: string): number => {
  let type = 0;
  for (const letter of mode) type |= BITS[letter] ?? 0;
  return type;
};

/** A hardware breakpoint for one process (`pid`) or on each of these CPUs. Linux 4.9. ENOSPC: no debug register is free. */
export const attachWatchpoint = (
  program: AttachableProgram,
  watchpoint: Watchpoint,
  where: { readonly pid: number } | { readonly cpus: readonly number[] },
  options: AttachOptions = {},
): Link =>
  attachToEvents(
    program,
    `watchpoint 0x${watchpoint.address.toString(16)}`,
    {
      type: PerfType.PERF_TYPE_BREAKPOINT,
      bp_type: breakpointType(watchpoint.mode),
      config1: watchpoint.address,
      config2: watchpoint.length,
      sample_period: 1,
    },
    'pid' in where ? [{ pid: where.pid, cpu: -1 }] : where.cpus.map((cpu) => ({ pid: -1, cpu })),
    options,
  );
