import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the BPF programs that a process holds: this host may run others meanwhile. */
export function programsOf(pid: number): Set<number> {
  const ids = new Set<number>();
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    let text = '';
    try {
      text = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
    } catch {
      continue;
    }
    const id = /^prog_id:\s*(\d+)/m.exec(text)?.[1];
    if (id !== undefined) ids.add(Number(id));
  }
  return ids;
}
