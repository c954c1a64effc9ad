import { readFileSync } from 'node:fs';

const ROOT = '/sys/bus/event_source/devices';

/** The `type` for perf_event_attr of a dynamic PMU (`kprobe`, `uprobe`), null when the kernel has none. Linux 4.17 for these two. */
export const pmuType = (name: string): number | null => {
  try {
    return Number(readFileSync(`${ROOT}/${name}/type`, 'utf8'));
  } catch {
    return null;
  }
};

/** The config bit that makes a return probe of a kprobe or uprobe event, from the PMU's own format file. */
export const returnProbeBit = (name: string): bigint => {
  try {
    const match = /config:(\d+)/.exec(readFileSync(`${ROOT}/${name}/format/retprobe`, 'utf8'));
    return 1n << BigInt(match?.[1] ?? 0);
  } catch {
    return 1n;
  }
};
