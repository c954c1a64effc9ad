/** What older bpftrace had and newer refuses: what to write instead. */

/** `sarg0` to `sarg9` on x86-64: behind the return address at the function's entry. null: another name. */
export function stackArgumentText(name: string): string | null {
  const index = /^sarg(\d)$/.exec(name)?.[1];
  return index === undefined ? null : `*(uint64 *)(reg("sp") + ${8 * (Number(index) + 1)})`;
}

/** Names that are gone, with the advice for a diagnostic; null for all others. */
export function adviceFor(name: string): string | null {
  const argument = stackArgumentText(name);
  if (argument !== null) return `Read the stack: ${argument}`;
  return ADVICE.get(name) ?? null;
}

const WATCHPOINT = 'It is gone; watch an address with watchpoint:address:length:mode.';

const COMMON = 'The fields that all tracepoints have are not given to programs.';

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['asyncwatchpoint', WATCHPOINT],
  ['aw', WATCHPOINT],
  ['stack', 'Write kstack or ustack.'],
  ['common_pid', 'Write tid, or pid for the process.'],
  ['common_type', COMMON],
  ['common_flags', COMMON],
  ['common_preempt_count', COMMON],
]);
