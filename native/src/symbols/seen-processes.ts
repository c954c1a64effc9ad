/** The mappings of processes as perf told them: what is left of one that ended before anybody looked. */
import { TaskEvents } from '../perf/task-events.ts';
import type { MappedFile } from '../perf/task-events.ts';
import type { MemoryRange } from '../procfs/memory-map.ts';
import type { Closeable } from '../sys/handle.ts';
import { LruCache } from './lru.ts';

/** Processes that are remembered, and mappings of each: some 500 bytes a process, as a rule. */
const PROCESSES = 4096;
const RANGES = 512;

export class SeenProcesses {
  readonly #ranges = new LruCache<number, readonly MemoryRange[]>(PROCESSES, () => 1);
  /** Told when a process became another program: what was known of it does not hold any more. */
  readonly #onExec: (pid: number) => void;
  #events: TaskEvents | null = null;
  #watchers = 0;

  constructor(onExec: (pid: number) => void) {
    this.#onExec = onExec;
  }

  /** Looks on until what it returns is closed. Where perf does not let us, nothing is seen. */
  watch(): Closeable {
    this.#watchers++;
    if (this.#watchers === 1) this.#open();
    let open = true;
    return {
      close: () => {
        if (!open) return;
        open = false;
        this.drain();
        if (--this.#watchers > 0) return;
        this.#events?.close();
        this.#events = null;
      },
    };
  }

  /** Takes in what happened until now. */
  drain(): void {
    this.#events?.drain();
  }

  /** A process that was there before: what it maps from now on comes to this. Sorted by address. */
  adopt(pid: number, ranges: readonly MemoryRange[]): void {
    if (this.#watchers === 0 || this.#ranges.get(pid) !== undefined) return;
    this.#ranges.set(
      pid,
      ranges.filter(({ executable }) => executable),
    );
  }

  /** Sorted by address; null when its start was not seen. */
  ranges(pid: number): readonly MemoryRange[] | null {
    return this.#ranges.get(pid) ?? null;
  }

  #open(): void {
    try {
      this.#events = TaskEvents.open({
        exec: (pid) => {
          this.#ranges.set(pid, []);
          this.#onExec(pid);
        },
        fork: (pid, parent) => {
          const inherited = this.#ranges.get(parent);
          if (inherited === undefined) this.#ranges.delete(pid);
          else this.#ranges.set(pid, inherited);
        },
        map: (pid, file) => this.#add(pid, file),
      });
    } catch {
      // Names are a service: without perf's events they come from /proc alone.
      this.#events = null;
    }
  }

  #add(pid: number, file: MappedFile): void {
    const known = this.#ranges.get(pid);
    // Of a process that was there before only a part would be known; /proc has all of it.
    if (known === undefined || known.length >= RANGES) return;
    const range = rangeOf(file);
    const others = known.filter(({ start, end }) => end <= range.start || start >= range.end);
    this.#ranges.set(
      pid,
      [...others, range].sort((a, b) => a.start - b.start),
    );
  }
}

const hex2 = (value: number): string => value.toString(16).padStart(2, '0');

function rangeOf({ address, length, offset, major, minor, inode, path }: MappedFile): MemoryRange {
  return {
    start: address,
    end: address + length,
    executable: true,
    writable: false,
    offset,
    device: `${hex2(major)}:${hex2(minor)}`,
    inode,
    path: path === '//anon' ? '' : path,
    deleted: false,
  };
}
