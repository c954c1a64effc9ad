import { pointerArray } from '../sys/layout.ts';
import { cString } from '../sys/text.ts';
import { AttachType } from '../uapi/attach-type.ts';
import { BPF_F_KPROBE_MULTI_RETURN } from '../uapi/flags.ts';
import { LINK_KPROBE_MULTI } from './layouts.ts';
import { linkByCommand } from './perf-link.ts';
import type { AttachableProgram, Link } from './link.ts';

/** Many kernel functions for one program, by name or by address. */
export interface KprobeMultiSites {
  readonly symbols?: readonly string[];
  readonly addresses?: readonly bigint[];
  /** As many as functions. */
  readonly cookies?: readonly bigint[] | null;
  readonly return: boolean;
  /** Entry and return in one program (its attach type BPF_TRACE_KPROBE_SESSION). Linux 6.10. */
  readonly session?: boolean;
}

/** All of them at once, by ftrace (BPF_PROG_TYPE_KPROBE, expected attach type BPF_TRACE_KPROBE_MULTI). Linux 5.18. */
export const attachKprobeMulti = (program: AttachableProgram, sites: KprobeMultiSites): Link => {
  const names = (sites.symbols ?? []).map(cString);
  const pointers = pointerArray(names);
  const addresses = BigUint64Array.from(sites.addresses ?? []);
  const count = Math.max(names.length, addresses.length);
  const attr = LINK_KPROBE_MULTI.encode({
    prog_fd: program.fd.number,
    attach_type: sites.session === true ? AttachType.BPF_TRACE_KPROBE_SESSION : AttachType.BPF_TRACE_KPROBE_MULTI,
    multi_flags: sites.return ? BPF_F_KPROBE_MULTI_RETURN : 0,
    cnt: count,
    syms: names.length > 0 ? pointers : null,
    addrs: names.length > 0 ? null : addresses,
    cookies: sites.cookies ? BigUint64Array.from(sites.cookies) : null,
  });
  const what = `${sites.return ? 'kretprobe' : 'kprobe'} of ${count} functions`;
  return linkByCommand('BPF_LINK_CREATE', attr, program, what, 'kprobe_multi');
};
