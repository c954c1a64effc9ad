import type { Closeable } from '../sys/handle.ts';

/**
 * A record: `length` bytes at `offset` of `view` (little endian). The memory is the ring's own and is the producer's
 * again after the call: copy what must last.
 */
export type RecordHandler = (view: DataView, offset: number, length: number) => void;

/** Where records of programs come from: a ring buffer, or perf's rings where a kernel has none. */
export interface RecordSource extends Closeable {
  /** Bytes waiting, 0 when there is nothing to read; no system call. */
  readonly pending: number;
  /** Records that the kernel says it had no room for, as far as it has said so. */
  readonly lost: number;
  /** Gives the handler every finished record, at most `limit`; returns how many. When it throws, its record counts as read. */
  drain(handler: RecordHandler, limit?: number): number;
}
