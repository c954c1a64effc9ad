import { statSync } from 'node:fs';

export interface Namespace {
  readonly dev: bigint;
  readonly ino: bigint;
}

export type NamespaceKind = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'time' | 'user' | 'uts';

/** PROC_PID_INIT_INO, include/linux/proc_ns.h. */
const INITIAL_PID = 0xefff_fffcn;

/** Null when the process is gone or hidden. */
export const namespaceOf = (pid: number | 'self', kind: NamespaceKind): Namespace | null => {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/ns/${kind}`, { bigint: true });
    return { dev, ino };
  } catch {
    return null;
  }
};

/** This process's pid namespace when it is not the host's: the kernel's pids then differ from ours. */
export const ownPidNamespace = (): Namespace | null => {
  const own = namespaceOf('self', 'pid');
  return own === null || own.ino === INITIAL_PID ? null : own;
};
