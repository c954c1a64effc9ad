import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const attempt = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

/** Ids of the processes that run now. */
export const listPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** The name of a thread, at most 15 bytes; null when it is gone. */
export const commOf = (pid: number): string | null =>
  attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, ''));

/** Path of its binary in its own mount namespace; null when it is gone, hidden, or a kernel thread. */
export const executableOf = (pid: number): string | null =>
  attempt(() => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));

/** Where a process sees `path`, as seen from here: also inside containers. */
export const pathInProcess = (pid: number, path: string): string => `/proc/${pid}/root${path}`;

/** The numbers behind the name in /proc/PID/stat: [0] the state, [1] the parent. The name may hold anything. */
const statOf = (pid: number): string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** The process that it was started by, or given to; null when it is gone. */
export const parentOf = (pid: number): number | null => attempt(() => Number(statOf(pid)[1]));

/** Clock ticks since boot when it started: with the pid, this identifies a process for ever. */
export const startTicksOf = (pid: number): number | null => attempt(() => Number(statOf(pid)[19]));

/** The process's id in the innermost pid namespace that it is in (what it calls itself); null when it is gone. */
export const innerPidOf = (pid: number): number | null =>
  attempt(() => {
    const line = /^NSpid:\s*(.+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return Number(line?.[1]?.trim().split(/\s+/).at(-1) ?? pid);
  });
