/** `bench:name`: what one run of a probe's body takes, by the kernel's own clock around many runs in a row. */
import type { Program } from '@bpfscope/native/prog';

export interface Benchmark {
  readonly name: string;
  /** A run's share of the time, rounded down by the kernel. */
  readonly nanoseconds: number;
  readonly runs: number;
}

/** An Ethernet frame of the smallest size: benchmarks are XDP programs, and these need a packet. */
export const PACKET = new Uint8Array(64);

const WARM_UP_RUNS = 1000;
const MOST_RUNS = 1_000_000;
const MEASURED_NS = 1e8;

/** Takes a tenth of a second, or as long as a thousand runs. */
export function measure(program: Pick<Program, 'testRun'>, name: string): Benchmark {
  const { durationNs } = program.testRun({ data: PACKET, repeat: WARM_UP_RUNS });
  const runs = Math.min(MOST_RUNS, Math.max(WARM_UP_RUNS, Math.floor(MEASURED_NS / Math.max(durationNs, 1))));
  return { name, runs, nanoseconds: program.testRun({ data: PACKET, repeat: runs }).durationNs };
}
