/** What this process may do, and what it needs for what. */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { versionNumber } from './version.ts';

export interface Privilege {
  /** `CAP_BPF` */
  readonly name: string;
  /** First kernel that has it; before it, CAP_SYS_ADMIN. */
  readonly since: string;
  /** Without it these do not work. */
  readonly neededFor: string;
  readonly held: boolean;
}

interface Row {
  readonly name: string;
  readonly bit: number;
  readonly since: string;
  readonly neededFor: string;
  /** CAP_SYS_ADMIN does as well. */
  readonly admin: boolean;
  /** Kernels from this one on have no use for it. */
  readonly until?: string;
}

const SYS_ADMIN = 21;

const ROWS: readonly Row[] = [
  { name: 'CAP_BPF', bit: 39, since: '5.8', neededFor: 'every query', admin: true },
  { name: 'CAP_PERFMON', bit: 38, since: '5.8', neededFor: 'every probe and reading kernel memory', admin: true },
  {
    name: 'CAP_SYS_ADMIN',
    bit: SYS_ADMIN,
    since: '2.2',
    neededFor: 'uprobes and USDT probes before 6.6, what queries cost, mounting tracefs',
    admin: false,
  },
  {
    name: 'CAP_SYS_PTRACE',
    bit: 19,
    since: '2.2',
    neededFor: 'probes and symbols in processes of other users',
    admin: false,
  },
  {
    name: 'CAP_DAC_READ_SEARCH',
    bit: 2,
    since: '2.2',
    neededFor: 'tracepoints (reading tracefs) and binaries of other users',
    admin: false,
  },
  { name: 'CAP_SYSLOG', bit: 34, since: '2.6.37', neededFor: 'names of kernel functions in stacks', admin: true },
  { name: 'CAP_SYS_RESOURCE', bit: 24, since: '2.2', neededFor: 'large maps', admin: false, until: '5.11' },
];

const statusField = (status: string, name: string): string | null =>
  new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? null;

/** By the text of /proc/PID/status; those that this kernel knows a use for. */
export const parsePrivileges = (status: string, kernel: string = release()): Privilege[] => {
  const effective = BigInt(`0x${statusField(status, 'CapEff') ?? '0'}`);
  const holds = (bit: number): boolean => ((effective >> BigInt(bit)) & 1n) === 1n;
  const rows = ROWS.filter(({ until }) => until === undefined || versionNumber(kernel) < versionNumber(until));
  return rows.map(({ name, bit, since, neededFor, admin }) => ({
    name,
    since,
    neededFor,
    held: holds(bit) || (admin && holds(SYS_ADMIN)),
  }));
};

/** Of this process. */
export const privileges = (): Privilege[] => parsePrivileges(readFileSync('/proc/self/status', 'latin1'));

export const missingPrivileges = (): string[] =>
  privileges()
    .filter(({ held }) => !held)
    .map(({ name }) => name);

/** A seccomp filter is on this process (containers have one), which may refuse bpf(2) and perf_event_open(2). */
export const hasSeccompFilter = (): boolean =>
  statusField(readFileSync('/proc/self/status', 'latin1'), 'Seccomp') === '2';
