/**
 * Events through perf's rings, one for each CPU, where the kernel has no ring buffer (before Linux 5.8): programs call
 * bpf_perf_event_output with BPF_F_CURRENT_CPU on a BPF_MAP_TYPE_PERF_EVENT_ARRAY. Every record comes with its time, so
 * that the rings are read as one, in order.
 */
import { CpuRings } from '../perf/cpu-rings.ts';
import type { PerfRing } from '../perf/ring.ts';
import { clockNs } from '../procfs/clock.ts';
import { onlineCpus } from '../procfs/cpus.ts';
import { PERF_RECORD_LOST, PERF_RECORD_SAMPLE, PERF_SAMPLE_RAW, PerfType, SoftwareEvent } from '../uapi/perf.ts';
import type { BpfMap } from '../map/map.ts';
import type { RecordHandler, RecordSource } from './source.ts';

const PAGE = 4096;
const TWO_32 = 0x1_0000_0000;
/** Of a sample: header, u64 time, u32 length of the data, data. */
const TIME_AT = 8;
const LENGTH_AT = 16;
const DATA_AT = 20;
/** Of a lost record: header, u64 id, u64 how many. */
const LOST_AT = 16;
/** Four pages hold some hundred records; perf wants a power of two. */
const FEWEST_PAGES = 4;

const pagesOf = (bytes: number): number => Math.max(FEWEST_PAGES, 2 ** Math.floor(Math.log2(bytes / PAGE)));

/** Of all rings, those too whose CPU is gone. */
interface Losses {
  records: number;
}

/** One CPU's ring: its current record is always a sample. */
class CpuRing {
  readonly ring: PerfRing;
  /** Of the current record, in nanoseconds; Infinity when there is none. */
  time = Infinity;
  readonly #losses: Losses;

  constructor(ring: PerfRing, losses: Losses) {
    this.ring = ring;
    this.#losses = losses;
  }

  refresh(): void {
    this.ring.refresh();
    this.#look();
  }

  skip(): void {
    this.ring.skip();
    this.#look();
  }

  #look(): void {
    const { ring } = this;
    for (; ring.size > 0; ring.skip()) {
      const { view, offset, type } = ring;
      if (type === PERF_RECORD_SAMPLE) {
        const at = offset + TIME_AT;
        this.time = view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
        return;
      }
      if (type === PERF_RECORD_LOST) this.#losses.records += Number(view.getBigUint64(offset + LOST_AT, true));
    }
    this.time = Infinity;
  }
}

/** The reader of all CPUs' rings. */
export class PerfBuffer implements RecordSource {
  readonly #rings: CpuRings<CpuRing>;
  readonly #losses: Losses;
  #open = true;

  private constructor(rings: CpuRings<CpuRing>, losses: Losses) {
    this.#rings = rings;
    this.#losses = losses;
  }

  /**
   * Fills a BPF_MAP_TYPE_PERF_EVENT_ARRAY map with a ring for each CPU that is online; one that
   * comes online later has one within some seconds, events until then are refused.
   * `bytes`: of all rings together, about. Linux 4.4; perf's clock 4.1.
   */
  static open(map: BpfMap, bytes: number): PerfBuffer {
    const events = {
      type: PerfType.PERF_TYPE_SOFTWARE,
      config: SoftwareEvent.PERF_COUNT_SW_BPF_OUTPUT,
      samples: PERF_SAMPLE_RAW,
      period: 1,
      pages: pagesOf(bytes / onlineCpus().length),
      what: 'events',
    };
    const losses = { records: 0 };
    const rings = new CpuRings(events, ({ cpu, event, ring }) => {
      map.update(word(cpu), word(event.fd.number));
      return new CpuRing(ring, losses);
    });
    return new PerfBuffer(rings, losses);
  }

  get pending(): number {
    let bytes = 0;
    if (this.#open) for (const { ring } of this.#rings.all) bytes += ring.pending;
    return bytes;
  }

  /** The kernel says so in front of the next record that it has room for: what was lost last is not known yet. */
  get lost(): number {
    return this.#losses.records;
  }

  /**
   * The oldest record first, of whatever CPU. Records made while this looks stay for the next time, so that none is given
   * before an older one of another CPU. Lengths are rounded up: perf pads data to 4 bytes more than a multiple of 8.
   */
  drain(handler: RecordHandler, limit: number = Number.MAX_SAFE_INTEGER): number {
    if (!this.#open) return 0;
    const until = Number(clockNs('monotonic'));
    this.#rings.follow();
    const rings = this.#rings.all;
    for (const ring of rings) ring.refresh();
    let records = 0;
    try {
      while (records < limit) {
        const [oldest, next] = twoOldest(rings, until);
        if (oldest === null) break;
        // Its records up to the first of another CPU.
        do {
          const { view, offset } = oldest.ring;
          const length = view.getUint32(offset + LENGTH_AT, true);
          // Before the handler, which may throw: the memory stays ours until it is released.
          oldest.skip();
          records++;
          handler(view, offset + DATA_AT, length);
          if (!this.#open) return records;
        } while (records < limit && oldest.time <= next && oldest.time < until);
      }
    } finally {
      if (this.#open) for (const { ring } of rings) ring.release();
    }
    return records;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#rings.close();
  }
}

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

/** The ring with the oldest record before `until`, and the time of the next one's. */
function twoOldest(rings: readonly CpuRing[], until: number): readonly [oldest: CpuRing | null, next: number] {
  let oldest: CpuRing | null = null;
  let first = until;
  let second = until;
  for (const ring of rings) {
    if (ring.time < first) {
      second = first;
      first = ring.time;
      oldest = ring;
    } else if (ring.time < second) second = ring.time;
  }
  return [oldest, second];
}
