/** The perf maps of processes: while they run from their own /tmp, afterwards what they left. */
import { innerPidOf } from '../procfs/process.ts';
import { LruCache } from './lru.ts';
import { PerfMapFile } from './perf-map.ts';

/** Of all processes together. */
const BYTES = 96 << 20;
/** A file is read again at most so often, in milliseconds. */
const REFRESH_MS = 1000;

interface Entry {
  /** While the process runs. */
  readonly path: string;
  /** null: it has written none so far. */
  file: PerfMapFile | null;
  readAt: number;
  /** Read after the process ended: nothing comes any more. */
  last: boolean;
}

export interface MappedProcess {
  readonly pid: number;
  readonly gone: boolean;
  /** Wall time in milliseconds: an older file was left by another process that had this pid. */
  readonly since: number;
}

export class PerfMaps {
  readonly #entries = new LruCache<number, Entry>(BYTES, ({ file }) => 256 + (file?.bytes ?? 0));

  /** The function at an address of memory that has no file. */
  lookup(process: MappedProcess, address: number): { readonly name: string; readonly offset: number } | null {
    const known = this.#entries.get(process.pid)?.file?.map.lookup(address) ?? null;
    if (known !== null) return known;
    this.read(process);
    return this.#entries.get(process.pid)?.file?.map.lookup(address) ?? null;
  }

  /** Takes in what is new in the file. */
  read({ pid, gone, since }: MappedProcess): void {
    const now = performance.now();
    const entry = this.#entries.get(pid) ?? { path: pathOf(pid), file: null, readAt: -Infinity, last: false };
    if (entry.last || (!gone && now - entry.readAt < REFRESH_MS)) return;
    entry.readAt = now;
    entry.last = gone;
    // Of a container nothing is left; the initial mount namespace is that of pid 1, when the agent is in a container.
    const left = [`/tmp/perf-${pid}.map`, `/proc/1/root/tmp/perf-${pid}.map`];
    const paths = gone ? left : [entry.path, ...left];
    for (const path of paths) {
      const file = entry.file ?? new PerfMapFile();
      if (!file.read(path, since)) continue;
      entry.file = file;
      break;
    }
    // Again, since it weighs more now.
    this.#entries.set(pid, entry);
  }

  delete(pid: number): void {
    this.#entries.delete(pid);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Held, about. */
  get bytes(): number {
    return this.#entries.weight;
  }
}

const pathOf = (pid: number): string => `/proc/${pid}/root/tmp/perf-${innerPidOf(pid) ?? pid}.map`;
