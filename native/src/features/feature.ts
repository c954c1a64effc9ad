/** What a kernel can do, found out by trying, once. */
import { release } from 'node:os';
import { VerifierError } from '../prog/verifier-error.ts';
import { SyscallError } from '../sys/error.ts';
import { Scope } from '../sys/handle.ts';
import { missingOption } from './kernel-config.ts';
import { privilegeRefusal } from './refusal.ts';
import { versionNumber } from './version.ts';

/** A feature and how to find out. */
export interface FeatureRow {
  readonly name: string;
  /** First kernel that has it; '' when it depends on the machine. */
  readonly since: string;
  /** In words, for `doctor`. */
  readonly title: string;
  /** Options that the kernel must be built with: the first that is missing is the reason. */
  readonly config?: readonly string[];
  /** Tries it; null when it works, else why not. Errors are turned into reasons. What it opens goes to the scope. */
  readonly test: (scope: Scope) => string | null;
}

export interface Feature {
  readonly name: string;
  readonly title: string;
  readonly since: string;
  readonly available: boolean;
  /** Why not; absent when available. */
  readonly reason?: string;
  /** What would help, when something does. */
  readonly mend?: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EPERM: 'not permitted (capability, lockdown or seccomp)',
  EACCES: 'not permitted',
  ENOSYS: 'the kernel was built without it',
  EOPNOTSUPP: 'the kernel was built without it',
  ENOTSUPP: 'the kernel was built without it',
  ENOENT: 'not on this machine',
  ENODEV: 'not on this machine',
};

/** An error as a reason; anything that is not the kernel's word is our bug and is thrown on. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof VerifierError) {
    const words = REASONS[error.code];
    return words !== undefined && error.log === '' ? `${words} (${error.code})` : `${error.reason} (${error.code})`;
  }
  if (error instanceof SyscallError) {
    const words = REASONS[error.code];
    return words === undefined ? error.message : `${words} (${error.code} from ${error.call})`;
  }
  throw error;
};

/** Why a test failed, in the order in which people can do something about it. */
const explain = (row: FeatureRow, reason: string, error: unknown): Pick<Feature, 'reason' | 'mend'> => {
  if (row.since !== '' && versionNumber(release()) < versionNumber(row.since)) {
    return { reason: `needs Linux ${row.since}, this is ${release()}`, mend: `Linux ${row.since} or newer` };
  }
  const option = missingOption(row.config ?? []);
  if (option !== null) {
    return { reason: `the kernel was built without ${option}`, mend: `a kernel with ${option}=y` };
  }
  return privilegeRefusal(error) ?? { reason };
};

/** Runs a row's test and closes what it opened. */
export const runTest = (row: FeatureRow): Feature => {
  const scope = new Scope();
  const { name, title, since } = row;
  let reason: string | null;
  let refusal: unknown = null;
  try {
    reason = row.test(scope);
  } catch (error) {
    refusal = error;
    reason = reasonOf(error);
  } finally {
    scope.close();
  }
  return reason === null
    ? { name, title, since, available: true }
    : { name, title, since, available: false, ...explain(row, reason, refusal) };
};
