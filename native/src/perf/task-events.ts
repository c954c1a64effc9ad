/**
 * What processes of the host do to their memory, told by perf as it happens: programs started, executable files mapped,
 * processes forked. With it a process that lives for a millisecond is known after it ended.
 */
import type { Closeable } from '../sys/handle.ts';
import {
  PERF_RECORD_COMM,
  PERF_RECORD_FORK,
  PERF_RECORD_MISC_COMM_EXEC,
  PERF_RECORD_MMAP2,
  PerfAttrFlag,
  PerfType,
  SoftwareEvent,
} from '../uapi/perf.ts';
import { CpuRings } from './cpu-rings.ts';
import type { PerfRing } from './ring.ts';

/** Part of a file in the memory of a process, which may be run. */
export interface MappedFile {
  readonly address: number;
  readonly length: number;
  /** In the file. */
  readonly offset: number;
  readonly major: number;
  readonly minor: number;
  readonly inode: number;
  /** As the process sees it; `//anon` and `[vdso]` for what is no file. */
  readonly path: string;
}

export interface TaskEventHandler {
  /** Another program from here on: what was mapped is gone. */
  exec(pid: number): void;
  /** A new process, with its parent's memory. */
  fork(pid: number, parent: number): void;
  map(pid: number, file: MappedFile): void;
}

/** One process in a burst maps some ten files, 100 bytes each: several hundred fit. Perf wants a power of two. */
const DATA_PAGES = 16;
/** The time that `sample_id_all` puts at a record's end. */
const TIME = 8;

/** Needs CAP_PERFMON (or kernel.perf_event_paranoid below 1) and Linux 4.1 (its clock). Some 70 KiB of locked memory for each CPU. */
export class TaskEvents implements Closeable {
  readonly #rings: CpuRings<PerfRing>;
  readonly #handler: TaskEventHandler;

  private constructor(rings: CpuRings<PerfRing>, handler: TaskEventHandler) {
    this.#rings = rings;
    this.#handler = handler;
  }

  static open(handler: TaskEventHandler): TaskEvents {
    const { mmap, comm, task, mmap2, comm_exec: commExec, sample_id_all: idAll } = PerfAttrFlag;
    const events = {
      type: PerfType.PERF_TYPE_SOFTWARE,
      config: SoftwareEvent.PERF_COUNT_SW_DUMMY,
      samples: 0,
      flags: mmap | comm | task | mmap2 | commExec | idAll,
      pages: DATA_PAGES,
      what: 'process events',
    };
    return new TaskEvents(new CpuRings(events, ({ ring }) => ring), handler);
  }

  /**
   * Tells the handler all that happened since the last time, in its order: a process that starts one program on one CPU
   * and the next on another is in both CPUs' buffers.
   */
  drain(): void {
    this.#rings.follow();
    // Asked for every name: most often there is nothing.
    if (this.#rings.all.every(({ pending }) => pending === 0)) return;
    const records = this.#rings.all.flatMap(recordsOf);
    const timed = records.map((record) => ({ record, time: record.getBigUint64(record.byteLength - TIME, true) }));
    timed.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    for (const { record } of timed) this.#tell(record);
  }

  close(): void {
    this.#rings.close();
  }

  #tell(record: DataView): void {
    const type = record.getUint32(0, true);
    const pid = record.getUint32(8, true);
    if (type === PERF_RECORD_MMAP2) this.#handler.map(pid, mappedFile(record));
    else if (type === PERF_RECORD_COMM) {
      if ((record.getUint16(4, true) & PERF_RECORD_MISC_COMM_EXEC) !== 0) this.#handler.exec(pid);
    } else if (type === PERF_RECORD_FORK) {
      const parent = record.getUint32(12, true);
      // Otherwise it is a thread.
      if (parent !== pid) this.#handler.fork(pid, parent);
    }
  }
}

/** Copies of what waits. The kernel drops what does not fit: names are lost then, nothing else. */
function recordsOf(ring: PerfRing): DataView[] {
  const records: DataView[] = [];
  for (ring.refresh(); ring.size > 0; ring.skip()) {
    const { view, offset, size } = ring;
    const start = view.byteOffset + offset;
    records.push(new DataView(view.buffer.slice(start, start + size)));
  }
  ring.release();
  return records;
}

/** `struct perf_record_mmap2`: pid, tid, address, length, offset, major, minor, inode, generation, protection, flags, path. */
function mappedFile(record: DataView): MappedFile {
  const bytes = new Uint8Array(record.buffer, record.byteOffset + 72, record.byteLength - 72);
  const end = bytes.indexOf(0);
  return {
    address: Number(record.getBigUint64(16, true)),
    length: Number(record.getBigUint64(24, true)),
    offset: Number(record.getBigUint64(32, true)),
    major: record.getUint32(40, true),
    minor: record.getUint32(44, true),
    inode: Number(record.getBigUint64(48, true)),
    path: Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString(),
  };
}
