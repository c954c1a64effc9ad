/**
 * Times on a machine that others use too: each round is measured beside a plain loop of the same length every time. The
 * ratio to the loop stays what it is when the machine is busy, and the least of all rounds is near what an idle one takes.
 */
import { call } from '@bpfscope/native/sys';

export interface Timing {
  /** Milliseconds. */
  readonly median: number;
  readonly least: number;
  /** Median of the rounds' ratios to the loop beside it. */
  readonly loops: number;
}

const TURNS = 1_500_000;
let sink = 0;

/** Milliseconds of the plain loop on an idle machine of 2024. */
export const IDLE_LOOP = 2;

/** Milliseconds of a loop without memory and calls. */
export function plainLoop(): number {
  const start = performance.now();
  let x = sink | 1;
  for (let n = 0; n < TURNS; n++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  sink = x;
  return performance.now() - start;
}

/** CLOCK_THREAD_CPUTIME_ID of include/uapi/linux/time.h. */
const THREAD_CLOCK = 3;
const threadTime = new BigInt64Array(2);

/** Milliseconds that this thread has run: what others do on the machine is hardly in it, nor the engine's other threads. */
export function threadMs(): number {
  call("read the thread's clock", 'clock_gettime', THREAD_CLOCK, threadTime);
  return Number(threadTime[0] ?? 0n) * 1000 + Number(threadTime[1] ?? 0n) / 1e6;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** `work` gives its own parts' milliseconds; the timing is of their sum, and `parts` has each one's median. */
export function timed(
  rounds: number,
  warmUp: number,
  work: () => readonly number[],
): Timing & { readonly parts: number[] } {
  const times: number[] = [];
  const ratios: number[] = [];
  const parts: number[][] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const before = plainLoop();
    const own = work();
    const loop = (before + plainLoop()) / 2;
    if (round < 0) continue;
    const time = own.reduce((a, b) => a + b, 0);
    times.push(time);
    ratios.push(time / loop);
    own.forEach((part, n) => (parts[n] ??= []).push(part));
  }
  return { median: median(times), least: Math.min(...times), loops: median(ratios), parts: parts.map(median) };
}

export const timingText = (t: Timing): string =>
  `${t.median.toFixed(1)} ms (least ${t.least.toFixed(1)}; ${t.loops.toFixed(1)} plain loops)`;
