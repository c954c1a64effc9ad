import { FileDescriptor } from '../sys/handle.ts';
import type { Closeable } from '../sys/handle.ts';
import { call } from '../sys/kernel.ts';
import type { FieldValue } from '../sys/layout.ts';
import { Layout } from '../sys/layout.ts';
import { PERF_EVENT_IOC_DISABLE, PERF_EVENT_IOC_ENABLE, PERF_FLAG_FD_CLOEXEC } from '../uapi/perf.ts';

/** `struct perf_event_attr`; its bit fields are the one word `flags` (PerfAttrFlag). */
export const EVENT_ATTR = new Layout({
  type: 'u32',
  size: 'u32',
  config: 'u64',
  /** Also sample_freq. */
  sample_period: 'u64',
  sample_type: 'u64',
  read_format: 'u64',
  flags: 'u64',
  /** Also wakeup_watermark. */
  wakeup_events: 'u32',
  bp_type: 'u32',
  /** Also bp_addr, kprobe_func, uprobe_path. */
  config1: 'pointer',
  /** Also bp_len, probe_offset, kprobe_addr. */
  config2: 'u64',
  branch_sample_type: 'u64',
  sample_regs_user: 'u64',
  sample_stack_user: 'u32',
  clockid: 'i32',
  sample_regs_intr: 'u64',
  aux_watermark: 'u32',
  sample_max_stack: 'u16',
  reserved: 'u16',
});

export type EventAttr = Partial<
  Record<
    | 'type'
    | 'config'
    | 'sample_period'
    | 'sample_type'
    | 'flags'
    | 'wakeup_events'
    | 'bp_type'
    | 'config1'
    | 'config2'
    | 'clockid',
    FieldValue
  >
>;

/** Where an event counts: one CPU with all its tasks, or one task on all CPUs. */
export interface EventPlace {
  /** -1: all tasks. */
  readonly pid: number;
  /** -1: all CPUs; only with a pid. */
  readonly cpu: number;
}

/** A perf event. perf_event_open(2), Linux 2.6.31. */
export class PerfEvent implements Closeable {
  readonly fd: FileDescriptor;

  private constructor(fd: FileDescriptor) {
    this.fd = fd;
  }

  /** `what` in words: `tracepoint sched:sched_switch`. */
  static open(attr: EventAttr, place: EventPlace, what: string): PerfEvent {
    const bytes = EVENT_ATTR.encode({ ...attr, size: EVENT_ATTR.size });
    const number = call(`open ${what}`, 'perf_event_open', bytes, place.pid, place.cpu, -1, PERF_FLAG_FD_CLOEXEC);
    return new PerfEvent(new FileDescriptor(number, what));
  }

  enable(): void {
    this.control(PERF_EVENT_IOC_ENABLE, 0, 'enable');
  }

  disable(): void {
    this.control(PERF_EVENT_IOC_DISABLE, 0, 'disable');
  }

  control(request: number, argument: number, verb: string): void {
    call(`${verb} ${this.fd.what}`, 'ioctl', this.fd.number, request, argument);
  }

  close(): void {
    this.fd.close();
  }

  closeInBackground(): Promise<void> {
    return this.fd.closeInBackground();
  }
}
