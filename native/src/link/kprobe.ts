import { cString } from '../sys/text.ts';
import { pmuType, returnProbeBit } from '../perf/pmu.ts';
import { attachToEvents } from './perf-link.ts';
import { attachLegacyKprobe } from './legacy-probe.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

/** A place in kernel text. */
export interface KprobeSite {
  /** `vfs_read`, or `module:function`; '' with an address. */
  readonly symbol: string;
  /** Bytes from the symbol; 0 for return probes. */
  readonly offset: number;
  readonly address?: bigint | null;
  /** At the function's return. */
  readonly return: boolean;
}

export const kprobeName = (site: KprobeSite): string => {
  const kind = site.return ? 'kretprobe' : 'kprobe';
  if (typeof site.address === 'bigint') return `${kind} 0x${site.address.toString(16)}`;
  return `${kind} ${site.symbol}${site.offset === 0 ? '' : `+${site.offset}`}`;
};

/** kprobe or kretprobe (BPF_PROG_TYPE_KPROBE): by the perf PMU (Linux 4.17), by a tracefs event before. */
export const attachKprobe = (program: AttachableProgram, site: KprobeSite, options: AttachOptions = {}): Link => {
  const type = pmuType('kprobe');
  if (type === null) return attachLegacyKprobe(program, site, options);
  return attachToEvents(
    program,
    kprobeName(site),
    {
      type,
      config: site.return ? returnProbeBit('kprobe') : 0n,
      config1: typeof site.address === 'bigint' ? 0n : cString(site.symbol),
      config2: site.address ?? site.offset,
      sample_period: 1,
      wakeup_events: 1,
    },
    [{ pid: -1, cpu: 0 }],
    options,
  );
};
