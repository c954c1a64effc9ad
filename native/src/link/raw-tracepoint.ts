import { cString } from '../sys/text.ts';
import { RAW_TRACEPOINT } from './layouts.ts';
import { linkByCommand } from './perf-link.ts';
import type { AttachableProgram, AttachOptions, Link } from './link.ts';

/** Plain raw tracepoint by name, arguments as u64 (BPF_PROG_TYPE_RAW_TRACEPOINT). Linux 4.17; cookie 6.10. */
export const attachRawTracepoint = (program: AttachableProgram, name: string, options: AttachOptions = {}): Link =>
  linkByCommand(
    'BPF_RAW_TRACEPOINT_OPEN',
    RAW_TRACEPOINT.encode({ name: cString(name), prog_fd: program.fd.number, cookie: options.cookie }),
    program,
    `raw tracepoint ${name}`,
    'raw_tracepoint',
  );

/**
 * What the program was loaded for by BTF id: typed raw tracepoint, fentry, fexit (BPF_PROG_TYPE_TRACING). Linux 5.5;
 * cookie 6.10 (raw tracepoint) or by `attachTracing`.
 */
export const attachByBtf = (program: AttachableProgram, what: string): Link =>
  linkByCommand(
    'BPF_RAW_TRACEPOINT_OPEN',
    RAW_TRACEPOINT.encode({ prog_fd: program.fd.number }),
    program,
    what,
    'tracing',
  );
