/** EPERM and EACCES in words: which capability this process lacks for what was refused. The same words everywhere. */
import { VerifierError } from '../prog/verifier-error.ts';
import { SyscallError } from '../sys/error.ts';
import { hasSeccompFilter, missingPrivileges } from './privileges.ts';

export interface PrivilegeRefusal {
  /** `needs CAP_BPF, which this process lacks` */
  readonly reason: string;
  /** What to do about it. */
  readonly mend: string;
}

/** What was refused, as `attempted (call)`, to the capabilities that it takes. The first that fits counts. */
const NEEDED: readonly (readonly [what: RegExp, capabilities: readonly string[]])[] = [
  // The kernel lets only CAP_SYS_ADMIN make perf events for uprobes; links to many uprobes take CAP_PERFMON.
  [/uprobe.*\(perf_event_open\)/, ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_ADMIN']],
  [/\(bpf\(BPF_ENABLE_STATS\)\)|_GET_NEXT_ID|_GET_FD_BY_ID/, ['CAP_SYS_ADMIN']],
  [/\(bpf\(BPF_MAP_\w+\)\)/, ['CAP_BPF']],
  [/\(setns\)/, ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE']],
  [/./, ['CAP_BPF', 'CAP_PERFMON']],
];

const MEND = 'run it as root, or give it what it lacks (docs/privileges.md)';

/** As in doctor and in every refusal. */
export const lackOf = (capabilities: readonly string[]): PrivilegeRefusal => ({
  reason: `needs ${capabilities.join(' and ')}, which this process lacks`,
  mend: MEND,
});

const DENIED: readonly string[] = ['EPERM', 'EACCES'];

/** null: not refused for want of a privilege. `missing`: the capabilities that this process lacks; for tests. */
export const privilegeRefusal = (
  error: unknown,
  missing: () => readonly string[] = missingPrivileges,
  filtered: () => boolean = hasSeccompFilter,
): PrivilegeRefusal | null => {
  // With a log the verifier had its say: that is about the program.
  const denied =
    (error instanceof SyscallError || (error instanceof VerifierError && error.log === '')) &&
    DENIED.includes(error.code);
  if (!denied) return null;
  const what =
    error instanceof SyscallError ? `${error.attempted} (${error.call})` : 'load a program (bpf(BPF_PROG_LOAD))';
  const needed = NEEDED.find(([pattern]) => pattern.test(what))?.[1] ?? [];
  const lacking = missing().filter((name) => needed.includes(name));
  if (lacking.length > 0) return lackOf(lacking);
  if (filtered())
    return { reason: 'the container’s seccomp filter may refuse it', mend: 'run the container privileged' };
  return null;
};
