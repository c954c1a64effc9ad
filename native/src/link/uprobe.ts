import { cString } from '../sys/text.ts';
import { pmuType, returnProbeBit } from '../perf/pmu.ts';
import { attachToEvents } from './perf-link.ts';
import { attachLegacyUprobe } from './legacy-probe.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

/** A place in the text of a binary. */
export interface UprobeSite {
  readonly path: string;
  /** In the file, not an address. */
  readonly offset: number;
  readonly return: boolean;
  /** Only this process; null for all. */
  readonly pid: number | null;
  /** File offset of a USDT semaphore, which the kernel raises while this is attached (Linux 4.20); 0 for none. */
  readonly semaphoreOffset?: number;
}

const SEMAPHORE_SHIFT = 32n;

export const uprobeName = (site: UprobeSite): string =>
  `${site.return ? 'uretprobe' : 'uprobe'} ${site.path}:0x${site.offset.toString(16)}`;

/** uprobe or uretprobe (BPF_PROG_TYPE_KPROBE): by the perf PMU (Linux 4.17), by a tracefs event before. */
export const attachUprobe = (program: AttachableProgram, site: UprobeSite, options: AttachOptions = {}): Link => {
  const type = pmuType('uprobe');
  if (type === null) return attachLegacyUprobe(program, site, options);
  const config = site.return ? returnProbeBit('uprobe') : 0n;
  return attachToEvents(
    program,
    uprobeName(site),
    {
      type,
      config: config | (BigInt(site.semaphoreOffset ?? 0) << SEMAPHORE_SHIFT),
      config1: cString(site.path),
      config2: site.offset,
      sample_period: 1,
      wakeup_events: 1,
    },
    [site.pid === null ? { pid: -1, cpu: 0 } : { pid: site.pid, cpu: -1 }],
    options,
  );
};
