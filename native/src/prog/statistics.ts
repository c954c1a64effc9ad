import { bpfFd } from '../sys/bpf.ts';
import type { Closeable } from '../sys/handle.ts';
import { BPF_STATS_RUN_TIME } from '../uapi/flags.ts';
import { STATS } from './layouts.ts';

/** Makes the kernel count and time every run of every program while it is open (some 20 to 30 ns a run). Linux 5.8. */
export const enableRunStatistics = (): Closeable =>
  bpfFd('BPF_ENABLE_STATS', STATS.encode({ type: BPF_STATS_RUN_TIME }), 'count program runs', 'run statistics');
