import { errnoMessage, errnoName } from '../uapi/errno.ts';

/** A system call that the kernel refused. */
export class SyscallError extends Error {
  override readonly name = 'SyscallError';
  /** `bpf(BPF_MAP_CREATE)` */
  readonly call: string;
  /** What we were about to do, in words: `create map events`. */
  readonly attempted: string;
  readonly errno: number;
  /** `EPERM` */
  readonly code: string;

  /** What that means here, when it is not obvious. */
  readonly meaning: string | null;

  constructor(call: string, attempted: string, errno: number, meaning: string | null = null) {
    super(`${attempted}: ${meaning ?? errnoMessage(errno)} (${errnoName(errno)} from ${call})`);
    this.call = call;
    this.attempted = attempted;
    this.errno = errno;
    this.code = errnoName(errno);
    this.meaning = meaning;
  }

  /** The same with a meaning. */
  with(meaning: string | null): SyscallError {
    return meaning === null ? this : new SyscallError(this.call, this.attempted, this.errno, meaning);
  }
}

/** Whether an error is the kernel's, with one of these codes (any code when none is given). */
export const isErrno = (error: unknown, ...codes: readonly string[]): error is SyscallError =>
  error instanceof SyscallError && (codes.length === 0 || codes.includes(error.code));
