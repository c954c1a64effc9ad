/** Control groups: the kernel names them by id, people by path. */
import { readdirSync, readFileSync, statSync } from 'node:fs';

const ROOT = '/sys/fs/cgroup';
/** Hosts have hundreds; a walk must end all the same. */
const MOST = 100_000;

/** Where the unified hierarchy (cgroup v2) is mounted: alone, or beside version 1. */
export const cgroupRoot = (): string => {
  try {
    const line = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .find((mount) => mount.split(' ')[2] === 'cgroup2');
    return line?.split(' ')[1] ?? ROOT;
  } catch {
    return ROOT;
  }
};

/** What bpf_get_current_cgroup_id returns in it; a path below the root, or absolute. Null when there is none. */
export const cgroupId = (path: string): bigint | null => {
  const root = cgroupRoot();
  for (const candidate of [path, `${root}/${path.replace(/^\//, '')}`]) {
    try {
      const stat = statSync(candidate, { bigint: true });
      if (stat.isDirectory() && candidate.startsWith(root)) return stat.ino;
    } catch {
      continue;
    }
  }
  return null;
};

/** Id to path below the root (`/` for the root), of all that exist now. */
export const cgroupPaths = (root: string = cgroupRoot()): ReadonlyMap<bigint, string> => {
  const paths = new Map<bigint, string>();
  const waiting = [''];
  for (let path = waiting.pop(); path !== undefined && paths.size < MOST; path = waiting.pop()) {
    try {
      paths.set(statSync(root + path, { bigint: true }).ino, path === '' ? '/' : path);
      for (const entry of readdirSync(root + path, { withFileTypes: true })) {
        if (entry.isDirectory()) waiting.push(`${path}/${entry.name}`);
      }
    } catch {
      // Gone meanwhile.
    }
  }
  return paths;
};
