/**
 * Wakes up for ring buffers without blocking the event loop. Whether records wait is one memory read, so one timer
 * looks at all rings: every few milliseconds while there is traffic, slower and slower while there is none. An idle
 * poller wakes 25 times a second and costs some 0.03 % of a CPU; waiting in epoll would need a thread for each process.
 */
import type { RecordHandler, RecordSource } from './source.ts';

export interface PollerOptions {
  /** Milliseconds between looks while records come. */
  readonly busyMs?: number;
  /** The longest time between looks: the latency of the first record after silence. */
  readonly idleMs?: number;
  /** Records of one ring in one turn of the event loop. */
  readonly turn?: number;
  /** Told what a handler threw; the reader goes on. Default: thrown as an uncaught exception. */
  readonly onError?: (error: unknown) => void;
}

interface Member {
  readonly ring: RecordSource;
  readonly handler: RecordHandler;
}

export class RingPoller {
  readonly #members = new Set<Member>();
  readonly #busyMs: number;
  readonly #idleMs: number;
  readonly #turn: number;
  readonly #onError: (error: unknown) => void;
  #delay: number;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  constructor(options: PollerOptions = {}) {
    this.#busyMs = options.busyMs ?? 4;
    this.#idleMs = options.idleMs ?? 40;
    this.#turn = options.turn ?? 20_000;
    this.#onError =
      options.onError ??
      ((error) => {
        throw error;
      });
    this.#delay = this.#busyMs;
  }

  /** Reads the ring from now on; the returned function stops that (and neither drains nor closes the ring). */
  add(ring: RecordSource, handler: RecordHandler): () => void {
    const member = { ring, handler };
    this.#members.add(member);
    this.#schedule(this.#busyMs);
    return () => {
      this.#members.delete(member);
      if (this.#members.size === 0) this.#stop();
    };
  }

  /** Reads everything that waits now, in all rings; returns the number of records. */
  flush(): number {
    let records = 0;
    for (const member of this.#members) records += this.#read(member, Number.MAX_SAFE_INTEGER);
    return records;
  }

  #read({ ring, handler }: Member, limit: number): number {
    if (ring.pending === 0) return 0;
    try {
      return ring.drain(handler, limit);
    } catch (error) {
      this.#onError(error);
      return 1;
    }
  }

  #look(): void {
    const before = this.#delay;
    // First of all, so that a handler's error does not end the polling.
    this.#schedule(this.#busyMs);
    let full = false;
    let records = 0;
    for (const member of this.#members) {
      const read = this.#read(member, this.#turn);
      records += read;
      full ||= read >= this.#turn;
    }
    if (this.#members.size === 0) return;
    if (full) this.#soon();
    else if (records === 0) this.#schedule(Math.min(this.#idleMs, before * 2));
  }

  #soon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = null;
      this.#look();
    });
  }

  #schedule(delay: number): void {
    this.#delay = delay;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#look();
    }, delay);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }
}
