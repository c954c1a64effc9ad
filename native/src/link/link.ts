import type { Closeable, Scope } from '../sys/handle.ts';
import type { Program } from '../prog/program.ts';

/** A program attached to something in the kernel, until it is closed. Closing may be repeated. */
export class Link implements Closeable {
  /** `tracepoint sched:sched_switch` */
  readonly what: string;
  /** How it is attached: `perf_event`, `perf_link`, `raw_tracepoint`, `tracing`, `kprobe_multi`, `uprobe_multi`, `iter`, `legacy`. */
  readonly means: string;
  readonly #scope: Scope;

  constructor(what: string, means: string, scope: Scope) {
    this.what = what;
    this.means = means;
    this.#scope = scope;
  }

  close(): void {
    this.#scope.close();
  }

  /**
   * Detaching from a tracepoint, kprobe or uprobe takes tens of milliseconds of grace periods, for each one: this does
   * not make the event loop wait for them.
   */
  closeInBackground(): Promise<void> {
    return this.#scope.closeInBackground();
  }
}

/** Options that most attachments share. */
export interface AttachOptions {
  /** What bpf_get_attach_cookie returns there. Linux 5.15 for perf events, 5.18 kprobe_multi, 5.19 tracing, 6.6 uprobe_multi. */
  readonly cookie?: bigint | undefined;
}

export type AttachableProgram = Pick<Program, 'fd' | 'name' | 'expectedAttachType'>;
