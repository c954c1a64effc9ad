/** Keeps the tables for `dw_ustack` in step with the processes of this host. */
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { BpfMap } from '@bpfscope/native/map';
import { executableOf, startTicksOf } from '@bpfscope/native/procfs';
import { UnwindMaps } from '@bpfscope/native/unwind';
import type { UnwindMap } from '@bpfscope/native/unwind/walk';

/** Programs that start while a query runs have frame-pointer stacks until they are seen here. */
const LOOK_MS = 2000;

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Another when the process became another program, or another process has its number. */
const identityOf = (pid: number): string | null => {
  const [start, executable] = [startTicksOf(pid), executableOf(pid)];
  return start === null || executable === null ? null : `${start} ${executable}`;
};

export class UnwindProcesses {
  readonly #maps: UnwindMaps;
  readonly #known = new Map<number, string>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(unwind: Readonly<Record<UnwindMap, number>>, maps: readonly BpfMap[]) {
    const map = (name: UnwindMap): BpfMap => {
      const found = maps[unwind[name]];
      if (found === undefined) throw new Error(`the map ${name} for stacks is missing`);
      return found;
    };
    this.#maps = new UnwindMaps({
      processes: map('processes'),
      mappings: map('mappings'),
      rows: map('rows'),
      rules: map('rules'),
      stack: map('stack'),
    });
  }

  /** All processes now, some milliseconds for each binary that is new; others are served meanwhile. */
  async start(): Promise<void> {
    await this.#look();
    this.#wait();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #wait(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look().then(() => this.#wait()), LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const now = new Set(pids());
    for (const pid of this.#known.keys()) {
      if (now.has(pid)) continue;
      this.#maps.remove(pid);
      this.#known.delete(pid);
    }
    for (const pid of now) {
      if (this.#closed) return;
      const identity = identityOf(pid);
      if (identity === null || identity === this.#known.get(pid)) continue;
      this.#known.set(pid, identity);
      this.#maps.add(pid);
      await setImmediate();
    }
  }
}
