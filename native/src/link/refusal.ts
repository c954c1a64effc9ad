/** What the kernel's error numbers mean when attaching: the same number says different things for different probes. */
import { SyscallError } from '../sys/error.ts';

/** Beginning of what is attached to, error, meaning. The first that fits counts. */
const MEANINGS: readonly (readonly [what: RegExp, code: string, meaning: string])[] = [
  [/^kprobe/, 'EILSEQ', 'the offset is inside an instruction'],
  [/^kretprobe/, 'EINVAL', 'the function cannot be left by a return probe, or the offset is not 0'],
  [/^k(ret)?probe of/, 'ESRCH', 'one of the functions does not exist or cannot be traced'],
  [/^k(ret)?probe/, 'ENOENT', 'there is no such function: inlined, renamed, or in a module that is not loaded'],
  [/^k(ret)?probe/, 'EINVAL', 'the kernel does not let this function be probed (notrace or blacklisted)'],
  [/^k(ret)?probe/, 'EADDRNOTAVAIL', 'the kernel does not let this function be probed (notrace or blacklisted)'],
  [/^f(entry|exit)/, 'EBUSY', 'the function is being traced in a way that excludes others'],
  [/^f(entry|exit)/, 'E2BIG', 'the function has as many programs as the kernel allows (38)'],
  [/^u(ret)?probe/, 'ENOENT', 'there is no such file'],
  [/^u(ret)?probe/, 'EINVAL', 'the offset is outside the file, or not at the start of an instruction'],
  [/^u(ret)?probe/, 'EIO', 'the instruction there cannot be probed'],
  [/^u(ret)?probe/, 'ESRCH', 'there is no such process'],
  [/^hardware|^hw-cache|^raw event/, 'ENOENT', 'this machine has no such counter (virtual machines seldom have any)'],
  [/^hardware|^hw-cache|^raw event/, 'EOPNOTSUPP', 'this counter cannot run programs'],
  [/^watchpoint/, 'ENOSPC', 'all debug registers of the CPU are taken'],
  [
    /^watchpoint/,
    'EINVAL',
    'the address is not aligned to the length, or the mode is not possible (x86 has w, rw and x)',
  ],
  [/^(profile|interval)/, 'EINVAL', 'the frequency is above kernel.perf_event_max_sample_rate'],
  [/^tracepoint/, 'ENOENT', 'there is no such tracepoint'],
  [/./, 'E2BIG', 'as many programs are attached there as the kernel allows (64)'],
  [/./, 'EMFILE', 'this process has too many files open (ulimit -n)'],
  [/./, 'EPERM', 'this process may not'],
  [/./, 'EACCES', 'this process may not (kernel.perf_event_paranoid, CAP_PERFMON)'],
];

/** `what` as in a link: `kprobe vfs_read+3`. Null when the number says it all. */
export const refusalMeaning = (what: string, code: string): string | null =>
  MEANINGS.find(([pattern, each]) => each === code && pattern.test(what))?.[2] ?? null;

/** Runs an attachment; the kernel's refusal is thrown with what it means. */
export const explained = <T>(what: string, attach: () => T): T => {
  try {
    return attach();
  } catch (error) {
    if (error instanceof SyscallError) throw error.with(refusalMeaning(what, error.code));
    throw error;
  }
};
