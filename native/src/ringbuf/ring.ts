/**
 * The BPF ring buffer, read where it lies.
 *
 * Layout (kernel/bpf/ringbuf.c): one page with the consumer position, which we write; one page with the producer
 * position; then the data twice in a row, so that a record that wraps is contiguous. Positions count bytes since the
 * start and never wrap in 64 bits. Each record is an 8-byte header (u32 length with two flag bits, u32 page offset) and
 * its data, padded to 8. A record is busy between reserve and submit; reading stops there.
 */
import { Mapping } from '../sys/mapping.ts';
import { Scope } from '../sys/handle.ts';
import { BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT, BPF_RINGBUF_HDR_SZ } from '../uapi/flags.ts';
import type { BpfMap } from '../map/map.ts';
import type { RecordHandler, RecordSource } from './source.ts';

const PAGE = 4096;

/**
 * Records are read with plain loads: an engine may compile Atomics.load into a read-modify-write instruction (Bun's
 * does), which faults on the producer's read-only pages. Where the processor may reorder loads (arm64), an atomic
 * operation on memory of our own keeps the data's loads behind the header's.
 */
const fence = new Int32Array(new SharedArrayBuffer(4));
const REORDERS_LOADS = process.arch === 'arm64';
/** Room is given back to the producer after this share of the ring, so that a long drain does not starve it. */
const SHARE = 8;

export class RingBuffer implements RecordSource {
  /** Programs themselves know when there is no room. */
  readonly lost = 0;
  /** Bytes. */
  readonly size: number;
  /** All data, twice. */
  readonly view: DataView;
  readonly #scope: Scope;
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  readonly #headers: Uint32Array;
  readonly #mask: number;
  #position: bigint;
  #open = true;

  private constructor(size: number, consumer: Mapping, producer: Mapping, scope: Scope) {
    this.size = size;
    this.#mask = size - 1;
    this.#scope = scope;
    this.#consumer = new BigUint64Array(consumer.buffer, 0, 1);
    this.#producer = new BigUint64Array(producer.buffer, 0, 1);
    this.#headers = new Uint32Array(producer.buffer, PAGE);
    this.view = new DataView(producer.buffer, PAGE);
    this.#position = Atomics.load(this.#consumer, 0);
  }

  /** Maps a BPF_MAP_TYPE_RINGBUF map. Linux 5.8. The map may be closed afterwards. */
  static open(map: BpfMap): RingBuffer {
    const size = map.spec.maxEntries;
    return Scope.build((scope) => {
      const consumer = scope.add(Mapping.map(map.fd, PAGE, { writable: true }));
      const producer = scope.add(Mapping.map(map.fd, PAGE + 2 * size, { offset: PAGE }));
      return new RingBuffer(size, consumer, producer, scope);
    });
  }

  /** Bytes waiting; a memory read, no system call. */
  get pending(): number {
    if (!this.#open) return 0;
    return Number((this.#producer[0] ?? 0n) - this.#position);
  }

  /** Bytes written since the ring was made: grows by 8 plus the padded length for each record. */
  get produced(): bigint {
    return this.#open ? (this.#producer[0] ?? 0n) : this.#position;
  }

  /** Gives the handler every finished record, at most `limit`; returns how many. When it throws, its record counts as read. */
  drain(handler: RecordHandler, limit: number = Number.MAX_SAFE_INTEGER): number {
    if (!this.#open) return 0;
    const headers = this.#headers;
    const view = this.view;
    const mask = this.#mask;
    const share = this.size / SHARE;
    let records = 0;
    let waiting = Number((this.#producer[0] ?? 0n) - this.#position);
    let at = Number(this.#position & BigInt(mask));
    let taken = 0;
    try {
      while (waiting > 0 && records < limit) {
        const header = headers[at >>> 2] ?? BPF_RINGBUF_BUSY_BIT;
        if (header >= BPF_RINGBUF_BUSY_BIT) break;
        if (REORDERS_LOADS) Atomics.add(fence, 0, 0);
        const length = header & ~BPF_RINGBUF_DISCARD_BIT;
        const start = at + BPF_RINGBUF_HDR_SZ;
        const step = (length + BPF_RINGBUF_HDR_SZ + 7) & ~7;
        at = (at + step) & mask;
        waiting -= step;
        taken += step;
        if (header < BPF_RINGBUF_DISCARD_BIT) {
          records++;
          handler(view, start, length);
          if (!this.#open) return records;
        }
        if (taken >= share) {
          this.#consume(taken);
          taken = 0;
        }
      }
    } finally {
      if (taken > 0 && this.#open) this.#consume(taken);
    }
    return records;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#scope.close();
  }

  #consume(bytes: number): void {
    this.#position += BigInt(bytes);
    Atomics.store(this.#consumer, 0, this.#position);
  }
}
