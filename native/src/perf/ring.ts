/**
 * perf's ring buffer of one CPU (include/uapi/linux/perf_event.h, struct perf_event_mmap_page): a page of control data,
 * then the records, each an 8-byte header {u32 type, u16 misc, u16 size} and its data. Positions count bytes since the
 * start. The kernel writes data_head; data_tail is ours, and what lies before it is the kernel's again.
 */
import { Mapping } from '../sys/mapping.ts';
import type { Closeable } from '../sys/handle.ts';
import type { PerfEvent } from './event.ts';

const PAGE = 4096;
/** u64 indices of data_head and data_tail. */
const HEAD = 1024 / 8;
const TAIL = 1032 / 8;
const HEADER = 8;

/** Records in order; the current one is the first that was not skipped. */
export class PerfRing implements Closeable {
  /** `enum perf_event_type` of the current record; 0 when there is none. */
  type = 0;
  /** Bytes of the current record, its header included. */
  size = 0;
  /** Where the current record is: contiguous, `size` bytes at `offset`, until it is skipped and released. */
  view: DataView;
  offset = 0;
  readonly #mapping: Mapping;
  readonly #control: BigUint64Array;
  readonly #data: Uint8Array;
  readonly #whole: DataView;
  #head = 0;
  #tail = 0;

  private constructor(mapping: Mapping) {
    this.#mapping = mapping;
    this.#control = new BigUint64Array(mapping.buffer, 0, PAGE / 8);
    this.#data = new Uint8Array(mapping.buffer, PAGE);
    this.#whole = new DataView(mapping.buffer, PAGE);
    this.view = this.#whole;
  }

  /** `pages` of data: a power of two. */
  static open(event: PerfEvent, pages: number): PerfRing {
    return new PerfRing(Mapping.map(event.fd, (1 + pages) * PAGE, { writable: true }));
  }

  /** Bytes that wait, also those that `refresh` did not see. */
  get pending(): number {
    return Number(Atomics.load(this.#control, HEAD)) - this.#tail;
  }

  /** Sees what the kernel has written since. */
  refresh(): void {
    this.#head = Number(Atomics.load(this.#control, HEAD));
    this.#look();
  }

  /** Goes on to the next record that the last `refresh` saw. */
  skip(): void {
    this.#tail += this.size;
    this.#look();
  }

  /** Gives the room of the records that were skipped back to the kernel. */
  release(): void {
    Atomics.store(this.#control, TAIL, BigInt(this.#tail));
  }

  close(): void {
    this.#mapping.close();
  }

  #look(): void {
    this.type = 0;
    this.size = 0;
    if (this.#tail >= this.#head) return;
    const length = this.#data.length;
    // A header never wraps: records are multiples of 8.
    const start = this.#tail % length;
    this.type = this.#whole.getUint32(start, true);
    this.size = this.#whole.getUint16(start + 6, true);
    if (this.size < HEADER) throw new Error('a perf ring holds a record without a size');
    if (start + this.size <= length) {
      this.view = this.#whole;
      this.offset = start;
      return;
    }
    const record = new Uint8Array(this.size);
    record.set(this.#data.subarray(start));
    record.set(this.#data.subarray(0, this.size - (length - start)), length - start);
    this.view = new DataView(record.buffer);
    this.offset = 0;
  }
}
