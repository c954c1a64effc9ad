import { cString } from '../sys/text.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { BPF_F_UPROBE_MULTI_RETURN } from '../uapi/flags.ts';
import { LINK_UPROBE_MULTI } from './layouts.ts';
import { linkByCommand } from './perf-link.ts';
import type { AttachableProgram, Link } from './link.ts';

/** Many places of one binary for one program. */
export interface UprobeMultiSites {
  readonly path: string;
  /** In the file. */
  readonly offsets: readonly number[];
  /** USDT semaphores, as many as offsets, 0 for none. */
  readonly semaphoreOffsets?: readonly number[] | null;
  readonly cookies?: readonly bigint[] | null;
  readonly return: boolean;
  /** Only this process (with all its threads since 6.11); null for all. */
  readonly pid: number | null;
  /** Entry and return in one program (its attach type BPF_TRACE_UPROBE_SESSION). Linux 6.13. */
  readonly session?: boolean;
}

const words = (values: readonly (number | bigint)[]): BigUint64Array => BigUint64Array.from(values, (v) => BigInt(v));

/** All at once (BPF_PROG_TYPE_KPROBE, expected attach type BPF_TRACE_UPROBE_MULTI). Linux 6.6. */
export const attachUprobeMulti = (program: AttachableProgram, sites: UprobeMultiSites): Link =>
  linkByCommand(
    'BPF_LINK_CREATE',
    LINK_UPROBE_MULTI.encode({
      prog_fd: program.fd.number,
      attach_type: sites.session === true ? AttachType.BPF_TRACE_UPROBE_SESSION : AttachType.BPF_TRACE_UPROBE_MULTI,
      path: cString(sites.path),
      offsets: words(sites.offsets),
      ref_ctr_offsets: sites.semaphoreOffsets ? words(sites.semaphoreOffsets) : null,
      cookies: sites.cookies ? words(sites.cookies) : null,
      cnt: sites.offsets.length,
      multi_flags: sites.return ? BPF_F_UPROBE_MULTI_RETURN : 0,
      pid: sites.pid ?? 0,
    }),
    program,
    `${sites.return ? 'uretprobe' : 'uprobe'} of ${sites.offsets.length} places in ${sites.path}`,
    'uprobe_multi',
  );
