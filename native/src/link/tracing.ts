import { AttachType } from '../uapi/attach-type.ts';
import { LINK_TRACING } from './layouts.ts';
import { linkByCommand } from './perf-link.ts';
import { attachByBtf } from './raw-tracepoint.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

/** Kernel function entry or exit (fentry, fexit) as the program was loaded for. Linux 5.5; with a cookie 5.19. */
export const attachTracing = (program: AttachableProgram, functionName: string, options: AttachOptions = {}): Link => {
  const kind = program.expectedAttachType === AttachType.BPF_TRACE_FEXIT ? 'fexit' : 'fentry';
  const what = `${kind} ${functionName}`;
  if (options.cookie === undefined) return attachByBtf(program, what);
  const attr = LINK_TRACING.encode({
    prog_fd: program.fd.number,
    attach_type: program.expectedAttachType,
    cookie: options.cookie,
  });
  return linkByCommand('BPF_LINK_CREATE', attr, program, what, 'tracing');
};
