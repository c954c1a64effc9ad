/** Program types by the names that features have behind the `@`. */
import { AttachType } from '../uapi/attach-type.ts';
import { ProgType } from '../uapi/prog-type.ts';
import { findBtfIds } from './btf-ids.ts';
import type { loadTiny } from './tiny-program.ts';

/** Of functions that never return there is no fexit. */
const CALLED = 'vfs_read';
const ITERATED = 'bpf_iter_task';
const TRACED = 'btf_trace_sched_process_exit';

/** What a program of the type is loaded with. */
export type ProgramKind = Omit<Parameters<typeof loadTiny>[1], 'instructions'>;

const PROGRAMS: Readonly<Record<string, () => ProgramKind>> = {
  kprobe: () => ({ type: ProgType.BPF_PROG_TYPE_KPROBE }),
  tracepoint: () => ({ type: ProgType.BPF_PROG_TYPE_TRACEPOINT }),
  raw_tracepoint: () => ({ type: ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT }),
  perf_event: () => ({ type: ProgType.BPF_PROG_TYPE_PERF_EVENT }),
  iter: () => ({
    type: ProgType.BPF_PROG_TYPE_TRACING,
    expectedAttachType: AttachType.BPF_TRACE_ITER,
    attachBtfId: findBtfIds([ITERATED]).get(ITERATED) ?? 0,
  }),
  fexit: () => ({
    type: ProgType.BPF_PROG_TYPE_TRACING,
    expectedAttachType: AttachType.BPF_TRACE_FEXIT,
    attachBtfId: findBtfIds([CALLED]).get(CALLED) ?? 0,
  }),
  tracing: () => ({
    type: ProgType.BPF_PROG_TYPE_TRACING,
    expectedAttachType: AttachType.BPF_TRACE_RAW_TP,
    attachBtfId: findBtfIds([TRACED]).get(TRACED) ?? 0,
  }),
};

/** undefined for a name that is none. Typed programs need BTF and are asked for late. */
export const programOf = (name: string): (() => ProgramKind) | undefined => PROGRAMS[name];
