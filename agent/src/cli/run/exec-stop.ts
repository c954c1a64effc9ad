/** Stops a process right behind its execve, before the new program's first instruction: a BPF program of our own sends SIGSTOP. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { compile } from '../../compiler/index.ts';
import { attachProgram } from '../../engine/attach.ts';
import { hostTarget } from '../../engine/host-target.ts';
import { loadQuery, type LoadedQuery } from '../../engine/load.ts';

const STOP_MS = 2000;

/** null: this kernel cannot (before Linux 5.3), and the process is not stopped. Close what is given when it has stopped. */
export async function stopAtExec(pid: number): Promise<LoadedQuery | null> {
  const text = `tracepoint:sched:sched_process_exec /pid == ${pid}/ { signal("SIGSTOP"); }`;
  const { query } = compile(text, hostTarget(), { unsafe: true, quiet: true });
  if (query === null) return null;
  const loaded = await loadQuery(query);
  const failures = query.programs.flatMap((spec, index) => {
    const program = loaded.programs[index];
    return program === undefined ? [] : attachProgram(program, spec, (link) => loaded.scope.add(link));
  });
  if (failures.length === 0) return loaded;
  loaded.close();
  return null;
}

/** Resolves when the process is stopped, has ended, or does not stop in time. The kernel tells only a parent's wait() of it. */
export async function stopped(pid: number): Promise<void> {
  for (const end = performance.now() + STOP_MS; performance.now() < end && !/^[TZX]$/.test(stateOf(pid));)
    await delay(1);
}

/** The letter of the state in /proc/PID/stat, behind the name, which may hold anything. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .charAt(0);
  } catch {
    return 'X';
  }
}
