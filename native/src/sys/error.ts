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

  constructor(call: string, attempted: string, errno: number) {
    super(`${attempted}: ${errnoMessage(errno)} (${errnoName(errno)} from ${call})`);
    this.call = call;
    this.attempted = attempted;
    this.errno = errno;
    this.code = errnoName(errno);
  }
}

/** Whether an error is the kernel's, with one of these codes (any code when none is given). */
export const isErrno = (error: unknown, ...codes: readonly string[]): error is SyscallError =>
  error instanceof SyscallError && (codes.length === 0 || codes.includes(error.code));
