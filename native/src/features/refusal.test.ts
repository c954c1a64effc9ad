import { expect, it } from 'vitest';
import { VerifierError } from '../prog/verifier-error.ts';
import { SyscallError } from '../sys/error.ts';
import { privilegeRefusal } from './refusal.ts';

const ALL = ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'];
const reason = (error: unknown, missing = ALL, filtered = false): string | null =>
  privilegeRefusal(
    error,
    () => missing,
    () => filtered,
  )?.reason ?? null;

it.each<[error: Error, missing: string[], words: string | null]>([
  [new SyscallError('bpf(BPF_MAP_CREATE)', 'create map x', 1), ALL, 'CAP_BPF'],
  [new SyscallError('bpf(BPF_MAP_CREATE)', 'create map x', 12), ALL, null],
  [new VerifierError('p', 1, ''), ['CAP_PERFMON', 'CAP_SYS_ADMIN'], 'CAP_PERFMON'],
  [new VerifierError('p', 13, 'R1 invalid mem access'), ALL, null],
  [new SyscallError('perf_event_open', 'open uprobe /bin/x:0x1', 13), ['CAP_SYS_ADMIN'], 'CAP_SYS_ADMIN'],
  [new SyscallError('perf_event_open', 'open profile', 13), ['CAP_PERFMON', 'CAP_SYS_ADMIN'], 'CAP_PERFMON'],
  [new SyscallError('bpf(BPF_ENABLE_STATS)', 'count', 1), ['CAP_SYS_ADMIN'], 'CAP_SYS_ADMIN'],
  [new SyscallError('perf_event_open', 'open profile', 13), [], null],
])('%s without %j', (error, missing, words) =>
  expect(reason(error, missing)).toBe(words === null ? null : `needs ${words}, which this process lacks`),
);

it('thinks of seccomp when no capability is missing', () => {
  const error = new SyscallError('perf_event_open', 'open profile', 1);
  expect(reason(error, [], true)).toContain('seccomp');
});
