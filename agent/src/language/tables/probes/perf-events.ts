/** Software and hardware events of perf (kernel: include/uapi/linux/perf_event.h), with bpftrace's default sample counts. */
export interface PerfEventRow {
  readonly name: string;
  readonly aliases: readonly string[];
  /** PERF_COUNT_SW_* or PERF_COUNT_HW_*. */
  readonly config: number;
  readonly defaultCount: bigint;
}

const row = (name: string, config: number, defaultCount: bigint, ...aliases: string[]): PerfEventRow => ({
  name,
  aliases,
  config,
  defaultCount,
});

export const SOFTWARE_EVENTS: readonly PerfEventRow[] = [
  row('cpu-clock', 0, 1_000_000n, 'cpu'),
  row('task-clock', 1, 1n),
  row('page-faults', 2, 100n, 'faults'),
  row('context-switches', 3, 1000n, 'cs'),
  row('cpu-migrations', 4, 1n),
  row('minor-faults', 5, 100n),
  row('major-faults', 6, 1n),
  row('alignment-faults', 7, 1n),
  row('emulation-faults', 8, 1n),
  row('dummy', 9, 1n),
  row('bpf-output', 10, 1n),
];

export const HARDWARE_EVENTS: readonly PerfEventRow[] = [
  row('cpu-cycles', 0, 1_000_000n, 'cycles'),
  row('instructions', 1, 1_000_000n),
  row('cache-references', 2, 1_000_000n),
  row('cache-misses', 3, 1_000_000n),
  row('branch-instructions', 4, 100_000n, 'branches'),
  row('branch-misses', 5, 100_000n),
  row('bus-cycles', 6, 100_000n),
  row('frontend-stalls', 7, 1_000_000n),
  row('backend-stalls', 8, 1_000_000n),
  row('ref-cycles', 9, 1_000_000n),
];
