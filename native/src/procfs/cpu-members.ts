/** One thing on each CPU that is online, kept so while CPUs go away and come back. */
import { isErrno } from '../sys/error.ts';
import { cpuGenerations, readCpuGenerations, type CpuGenerations } from './cpu-generations.ts';

export interface CpuMembersOptions<T> {
  /** Makes the one of a CPU. ENODEV: the CPU has just gone offline. */
  readonly open: (cpu: number) => T;
  /** The CPU is gone, and what the kernel had there. */
  readonly leave: (member: T, cpu: number) => void;
  /** On so many CPUs; any will do. Default all. */
  readonly most?: number;
  /** Which there are, as of now or of the last second. Default: the kernel's word. */
  readonly online?: (fresh: boolean) => CpuGenerations;
}

const kernelOnline = (fresh: boolean): CpuGenerations => (fresh ? readCpuGenerations() : cpuGenerations());

export class CpuMembers<T> {
  readonly #options: CpuMembersOptions<T>;
  readonly #online: (fresh: boolean) => CpuGenerations;
  readonly #members = new Map<number, { readonly member: T; readonly generation: number }>();
  #seen: CpuGenerations;

  /** What `open` throws comes through; what was opened before stays the caller's (see `values`). */
  constructor(options: CpuMembersOptions<T>) {
    this.#options = options;
    this.#online = options.online ?? kernelOnline;
    this.#seen = this.#online(true);
  }

  *values(): Generator<T> {
    for (const { member } of this.#members.values()) yield member;
  }

  clear(): void {
    this.#members.clear();
  }

  /** On every CPU that is online now. */
  openAll(): void {
    this.#open();
  }

  /** Takes in what CPUs did, some of a second late. Returns those on which something was opened. */
  follow(): readonly number[] {
    const now = this.#online(false);
    if (now === this.#seen) return [];
    this.#seen = now;
    for (const [cpu, { member, generation }] of this.#members) {
      if (now.get(cpu) === generation) continue;
      this.#members.delete(cpu);
      this.#options.leave(member, cpu);
    }
    return this.#open();
  }

  #open(): readonly number[] {
    const { most = Infinity, open } = this.#options;
    const opened: number[] = [];
    for (const [cpu, generation] of this.#seen) {
      if (this.#members.size >= most) break;
      if (this.#members.has(cpu)) continue;
      try {
        this.#members.set(cpu, { member: open(cpu), generation });
        opened.push(cpu);
      } catch (error) {
        // Taken offline in between.
        if (!isErrno(error, 'ENODEV')) throw error;
      }
    }
    return opened;
  }
}
