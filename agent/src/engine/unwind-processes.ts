/** Keeps the tables for `dw_ustack` in step with the processes of this host, and says what they do not cover. */
import { setImmediate } from 'node:timers/promises';
import type { BpfMap } from '@bpfscope/native/map';
import { TaskEvents } from '@bpfscope/native/perf';
import { executableOf, listPids, parentOf, startTicksOf } from '@bpfscope/native/procfs';
import { UnwindMaps } from '@bpfscope/native/unwind';
import type { UnwindMap } from '@bpfscope/native/unwind/walk';
import type { StackNotice } from './stack-notice.ts';
import { unwindNotices } from './unwind-notices.ts';

/** What perf tells of new processes and mappings is taken in so often. */
const EVENTS_MS = 10;
/** And all processes are looked through so often, for what perf's buffers had no room for. */
const LOOK_MS = 2000;

/** Another when the process became another program, or another process has its number. */
const identityOf = (pid: number): string | null => {
  const [start, executable] = [startTicksOf(pid), executableOf(pid)];
  return start === null || executable === null ? null : `${start} ${executable}`;
};

export class UnwindProcesses {
  readonly #maps: UnwindMaps;
  readonly #room: { readonly processes: number; readonly rows: number };
  /** Only these processes and their children; null: all. */
  readonly #only: Set<number> | null;
  readonly #known = new Map<number, string>();
  /** To be looked at again: they started, or mapped something. */
  readonly #changed = new Set<number>();
  /** Without tables, since there is no room for more. */
  readonly #left = new Set<number>();
  #leftMost = 0;
  readonly #binariesLeft = new Set<string>();
  readonly #timers: NodeJS.Timeout[] = [];
  #events: TaskEvents | null = null;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  readonly #lookMs: number;

  /** `only`: tables for this process and its children alone. */
  constructor(
    unwind: Readonly<Record<UnwindMap, number>>,
    maps: readonly BpfMap[],
    only: number | null,
    lookMs = LOOK_MS,
  ) {
    this.#lookMs = lookMs;
    const map = (name: UnwindMap): BpfMap => {
      const found = maps[unwind[name]];
      if (found === undefined) throw new Error(`the map ${name} for stacks is missing`);
      return found;
    };
    this.#only = only === null ? null : new Set([only]);
    this.#maps = new UnwindMaps({
      processes: map('processes'),
      mappings: map('mappings'),
      rows: map('rows'),
      rules: map('rules'),
      stack: map('stack'),
    });
    this.#room = { processes: map('processes').spec.maxEntries, rows: map('rows').spec.maxEntries };
  }

  /** All processes now, some milliseconds for each binary that is new; others are served meanwhile. */
  async start(): Promise<void> {
    this.#watch();
    await this.#lookAtAll();
    if (this.#closed) return;
    const soon = (look: () => Promise<void>): void => {
      this.#looking = this.#looking.then(look);
    };
    this.#timers.push(
      setInterval(() => this.#takeIn() && soon(() => this.#lookAtChanged()), EVENTS_MS).unref(),
      setInterval(() => soon(() => this.#lookAtAll()), this.#lookMs).unref(),
    );
  }

  close(): void {
    this.#closed = true;
    this.#timers.forEach(clearInterval);
    this.#events?.close();
    this.#events = null;
  }

  /** What the stacks so far lack. */
  notices(): readonly StackNotice[] {
    return unwindNotices({
      room: this.#room,
      bound: this.#only !== null,
      processesLeft: this.#leftMost,
      binariesLeft: [...this.#binariesLeft],
      ends: this.#maps.ends(),
    });
  }

  #watch(): void {
    try {
      this.#events = TaskEvents.open({
        exec: (pid) => this.#changed.add(pid),
        map: (pid) => this.#changed.add(pid),
        fork: (pid, parent) => {
          if (this.#only?.has(parent) === true) this.#only.add(pid);
          this.#changed.add(pid);
        },
      });
    } catch {
      // Where perf does not let us, processes are found when all are looked through.
    }
  }

  /** Whether anything is new. */
  #takeIn(): boolean {
    this.#events?.drain();
    if (this.#only !== null) for (const pid of this.#changed) if (!this.#only.has(pid)) this.#changed.delete(pid);
    return this.#changed.size > 0;
  }

  async #lookAtChanged(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const pid of changed) {
      if (this.#closed) return;
      this.#known.delete(pid);
      await this.#lookAt(pid);
    }
  }

  async #lookAtAll(): Promise<void> {
    const now = new Set(listPids());
    for (const pid of this.#known.keys()) if (!now.has(pid)) this.#forget(pid);
    for (const pid of this.#left) if (!now.has(pid)) this.#left.delete(pid);
    for (const pid of now) {
      if (this.#closed) return;
      if (this.#belongs(pid)) await this.#lookAt(pid);
    }
  }

  /** A child of those that are looked at is one of them. */
  #belongs(pid: number): boolean {
    if (this.#only === null || this.#only.has(pid)) return true;
    const parent = parentOf(pid);
    if (parent === null || !this.#only.has(parent)) return false;
    this.#only.add(pid);
    return true;
  }

  async #lookAt(pid: number): Promise<void> {
    const identity = identityOf(pid);
    if (identity === null || identity === this.#known.get(pid)) return;
    const covered = this.#maps.add(pid);
    if (covered === null) {
      if (!this.#maps.hasRoom) this.#left.add(pid);
      this.#leftMost = Math.max(this.#leftMost, this.#left.size);
      return;
    }
    this.#left.delete(pid);
    this.#known.set(pid, identity);
    for (const { path, reason } of covered.missing) if (reason === 'no-room') this.#binariesLeft.add(path);
    await setImmediate();
  }

  #forget(pid: number): void {
    this.#maps.remove(pid);
    this.#known.delete(pid);
    this.#only?.delete(pid);
  }
}
