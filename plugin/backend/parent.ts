/** A killed Grafana leaves its plugins behind: they have to notice for themselves. */
import { readFileSync } from 'node:fs';

/** The parent now; some runtimes remember the one at start, so Linux is asked itself. */
export function parentPid(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? process.ppid);
  } catch {
    return process.ppid;
  }
}

/** Calls `gone` once when this process has got another parent than it had. */
export function watchParent(gone: () => void, everyMs = 1000): NodeJS.Timeout {
  const first = parentPid();
  const timer = setInterval(() => {
    if (parentPid() === first) return;
    clearInterval(timer);
    gone();
  }, everyMs);
  return timer;
}
