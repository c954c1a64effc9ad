import { syscall } from './kernel.ts';

const RLIMIT_MEMLOCK = 8;
const INFINITY = 0xffff_ffff_ffff_ffffn;

let raised: boolean | null = null;

/**
 * Before Linux 5.11 maps and programs count as locked memory, whose usual limit of 64 KiB makes bpf(2) say EPERM.
 * Lifts the limit of this process, once; false when it may not or did already.
 */
export const raiseMemoryLock = (): boolean => {
  if (raised !== null) return false;
  raised = syscall('prlimit64', 0, RLIMIT_MEMLOCK, BigUint64Array.of(INFINITY, INFINITY), 0) === 0;
  return raised;
};

/** For tests. */
export const forgetMemoryLock = (): void => {
  raised = null;
};
