/** What a kernel can do, found out by trying, once. */
import { VerifierError } from '../prog/verifier-error.ts';
import { SyscallError } from '../sys/error.ts';
import { Scope } from '../sys/handle.ts';

/** A feature and how to find out. */
export interface FeatureRow {
  readonly name: string;
  /** First kernel that has it; '' when it depends on the machine. */
  readonly since: string;
  /** In words, for `doctor`. */
  readonly title: string;
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

/** Runs a row's test and closes what it opened. */
export const runTest = (row: FeatureRow): Feature => {
  const scope = new Scope();
  const { name, title, since } = row;
  try {
    const reason = row.test(scope);
    return reason === null ? { name, title, since, available: true } : { name, title, since, available: false, reason };
  } catch (error) {
    return { name, title, since, available: false, reason: reasonOf(error) };
  } finally {
    scope.close();
  }
};
