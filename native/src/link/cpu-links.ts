/** A program on an event of each CPU that is online, while CPUs go away and come back. */
import { CpuMembers } from '../procfs/cpu-members.ts';
import type { Closeable } from '../sys/handle.ts';
import type { Link } from './link.ts';

export interface CpuLinksOptions {
  /** To one CPU. */
  readonly attach: (cpu: number) => Link;
  /** On any one CPU, another one when that goes away. Default: on all. */
  readonly any?: boolean;
}

export class CpuLinks implements Closeable {
  /** On one of them, no matter which. */
  readonly any: boolean;
  readonly #members: CpuMembers<Link>;

  /** Attached to all of them, or to none when this throws. */
  constructor({ attach, any = false }: CpuLinksOptions) {
    this.any = any;
    this.#members = new CpuMembers({
      open: attach,
      leave: (link) => link.close(),
      ...(any ? { most: 1 } : {}),
    });
    try {
      this.#members.openAll();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** To be called now and then. Returns the CPUs that it was attached to just now; throws what the kernel refuses. */
  follow(): readonly number[] {
    return this.#members.follow();
  }

  close(): void {
    for (const link of this.#take()) link.close();
  }

  async closeInBackground(): Promise<void> {
    for (const link of this.#take()) await link.closeInBackground();
  }

  #take(): readonly Link[] {
    const links = [...this.#members.values()];
    this.#members.clear();
    return links;
  }
}
