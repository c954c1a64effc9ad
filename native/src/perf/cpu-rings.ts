/** One event and its ring on every CPU that is online, with records that can be put into one order by their times. */
import { CLOCKS } from '../procfs/clock.ts';
import { CpuMembers, type CpuMembersOptions } from '../procfs/cpu-members.ts';
import { SyscallError } from '../sys/error.ts';
import { Scope } from '../sys/handle.ts';
import type { Closeable } from '../sys/handle.ts';
import { PERF_SAMPLE_TIME, PerfAttrFlag } from '../uapi/perf.ts';
import { PerfEvent } from './event.ts';
import { PerfRing } from './ring.ts';

export interface CpuEvents {
  readonly type: number;
  readonly config: number;
  /** Beside the time. */
  readonly samples: number;
  readonly period?: number;
  readonly flags?: bigint;
  /** Of data in each ring: a power of two. */
  readonly pages: number;
  /** In words, for errors. */
  readonly what: string;
}

export interface OpenRing {
  readonly cpu: number;
  readonly event: PerfEvent;
  readonly ring: PerfRing;
}

interface Member<T> {
  readonly of: T;
  readonly ring: PerfRing;
  readonly scope: Scope;
}

/** `T`: what the reader keeps with each ring. */
export class CpuRings<T> implements Closeable {
  readonly #members: CpuMembers<Member<T>>;
  /** Of CPUs that went away: what is in them is still to be read. */
  #left: Member<T>[] = [];
  #all: readonly T[] = [];

  /** `use` is called for each ring when it is there. Linux 4.1, which lets events choose their clock. */
  constructor(events: CpuEvents, use: (opened: OpenRing) => T, options: Pick<CpuMembersOptions<T>, 'online'> = {}) {
    this.#members = new CpuMembers({
      ...options,
      open: (cpu) => openMember(events, cpu, use),
      leave: (member) => void this.#left.push(member),
    });
    try {
      this.#members.openAll();
    } catch (error) {
      this.close();
      throw error;
    }
    this.#list();
  }

  get all(): readonly T[] {
    return this.#all;
  }

  /**
   * Takes in what CPUs did since: to be called now and then. Where a ring cannot be opened (too many open files, no
   * memory), that CPU's records are lost until it can.
   */
  follow(): void {
    try {
      const opened = this.#members.follow();
      if (opened.length === 0 && this.#left.length === 0) return;
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
    }
    const read = this.#left.filter(({ ring }) => ring.pending === 0);
    this.#left = this.#left.filter((member) => !read.includes(member));
    for (const { scope } of read) scope.close();
    this.#list();
  }

  close(): void {
    const scope = new Scope();
    for (const member of [...this.#members.values(), ...this.#left]) scope.add(member.scope);
    this.#members.clear();
    this.#left = [];
    scope.close();
  }

  #list(): void {
    this.#all = [...this.#members.values(), ...this.#left].map(({ of }) => of);
  }
}

function openMember<T>(
  { type, config, samples, period, flags, pages, what }: CpuEvents,
  cpu: number,
  use: (opened: OpenRing) => T,
): Member<T> {
  const attr = {
    type,
    config,
    sample_type: samples | PERF_SAMPLE_TIME,
    sample_period: period ?? 0,
    flags: (flags ?? 0n) | PerfAttrFlag.use_clockid,
    // The same on all CPUs, which perf's own clock need not be.
    clockid: CLOCKS.monotonic,
  };
  return Scope.build((scope) => {
    const event = scope.add(PerfEvent.open(attr, { pid: -1, cpu }, `${what} of CPU ${cpu}`));
    const ring = scope.add(PerfRing.open(event, pages));
    return { of: use({ cpu, event, ring }), ring, scope };
  });
}
