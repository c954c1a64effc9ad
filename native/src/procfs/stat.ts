import { readFileSync } from 'node:fs';

/** Counters of the whole host since boot: /proc/stat. Times in USER_HZ ticks (100 a second). */
export interface HostStat {
  /** Context switches. */
  readonly contextSwitches: number;
  /** Processes and threads made. */
  readonly forks: number;
  /** Threads that run or wait for a CPU, now. */
  readonly running: number;
  /** Threads that wait for disk, now. */
  readonly blocked: number;
  /** Seconds since 1970. */
  readonly bootTime: number;
  /** By CPU number, then all of them under `cpu`: user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice. */
  readonly cpus: ReadonlyMap<string, readonly number[]>;
}

export const parseStat = (text: string): HostStat => {
  const values = new Map<string, readonly number[]>();
  for (const line of text.split('\n')) {
    const [name = '', ...rest] = line.trim().split(/\s+/);
    if (name !== '' && name !== 'intr') values.set(name, rest.map(Number));
  }
  const first = (name: string): number => values.get(name)?.[0] ?? 0;
  return {
    contextSwitches: first('ctxt'),
    forks: first('processes'),
    running: first('procs_running'),
    blocked: first('procs_blocked'),
    bootTime: first('btime'),
    cpus: new Map([...values].filter(([name]) => name.startsWith('cpu'))),
  };
};

export const readStat = (): HostStat => parseStat(readFileSync('/proc/stat', 'utf8'));
