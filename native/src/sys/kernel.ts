/**
 * The one door to the kernel. Everything goes through the installed `Kernel`; unit tests install a fake.
 */
import { syscallNumber } from '../uapi/syscalls.ts';
import type { Arch } from '../uapi/syscalls.ts';
import { SyscallError } from './error.ts';
import { koffi } from './koffi.ts';
import type { ForeignFunction } from './koffi.ts';

/** Addresses and small integers are numbers (user space ends below 2^48); bigint for full 64-bit arguments. */
export type Word = number | bigint;

/** A buffer stands for its address and stays alive during the call. */
export type Argument = Word | ArrayBufferView;

export type SyscallName =
  | 'bpf'
  | 'clock_gettime'
  | 'close'
  | 'fcntl'
  | 'ftruncate'
  | 'getpid'
  | 'ioctl'
  | 'memfd_create'
  | 'mmap'
  | 'munmap'
  | 'perf_event_open'
  | 'read'
  | 'sched_getaffinity'
  | 'sched_setaffinity'
  | 'setns'
  | 'openat'
  | 'prctl'
  | 'prlimit64'
  | 'capget'
  | 'clock_gettime';

export interface Kernel {
  /** The result, or minus the error number. */
  syscall(name: SyscallName, args: readonly Word[]): number;
  /** close(2) on another thread, for descriptors whose release waits for the kernel's grace periods. */
  closeInBackground?(fd: number): Promise<void>;
}

export const ARCH: Arch = process.arch === 'arm64' ? 'arm64' : 'x64';

type RawCall = ((nr: number, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) => number | bigint) &
  Pick<ForeignFunction, 'async'>;

const openLinux = (): Kernel => {
  const library = koffi();
  const raw: RawCall = library
    .load(null)
    .func('long syscall(long, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t, intptr_t)');
  const numbers = new Map<SyscallName, number>();
  return {
    syscall(name, args) {
      let nr = numbers.get(name);
      if (nr === undefined) {
        nr = syscallNumber(name, ARCH);
        if (nr === undefined) throw new Error(`system call ${name} has no number on ${ARCH}`);
        numbers.set(name, nr);
      }
      const result = Number(
        raw(nr, args[0] ?? 0, args[1] ?? 0, args[2] ?? 0, args[3] ?? 0, args[4] ?? 0, args[5] ?? 0),
      );
      return result === -1 ? -library.errno() : result;
    },
    closeInBackground(fd) {
      const nr = syscallNumber('close', ARCH) ?? 3;
      return new Promise((resolve) => raw.async(nr, fd, 0, 0, 0, 0, 0, () => resolve()));
    },
  };
};

let linux: Kernel | null = null;
let installed: Kernel | null = null;

/** The real kernel, also for a fake that passes calls on. */
export const linuxKernel = (): Kernel => (linux ??= openLinux());

/** Replaces the kernel until the returned function is called. For tests. */
export const installKernel = (kernel: Kernel): (() => void) => {
  const before = installed;
  installed = kernel;
  return () => {
    installed = before;
  };
};

/** Holds the buffers of the call under way: to the collector, an address is no reference. */
let held: readonly Argument[] = [];

/** The result, or minus the error number. */
export const syscall = (name: SyscallName, ...args: readonly Argument[]): number => {
  held = args;
  const words = args.map((argument) => (typeof argument === 'object' ? addressOf(argument) : argument));
  const result = (installed ?? linuxKernel()).syscall(name, words);
  if (held === args) held = [];
  return result;
};

/** The library runs a few calls beside the event loop and refuses more than some hundreds that wait. */
const MOST_CLOSING = 64;
const waiting: (() => void)[] = [];
let closing = 0;

/** Like close(2), without making the event loop wait. */
export const closeInBackground = async (fd: number): Promise<void> => {
  const kernel = installed ?? linuxKernel();
  if (kernel.closeInBackground === undefined) {
    kernel.syscall('close', [fd]);
    return;
  }
  while (closing >= MOST_CLOSING) await new Promise<void>((resolve) => waiting.push(resolve));
  closing++;
  try {
    await kernel.closeInBackground(fd);
  } finally {
    closing--;
    waiting.shift()?.();
  }
};

/** Like `syscall`, but the kernel's refusal is thrown. `attempted`: what this is for, in words. */
export const call = (attempted: string, name: SyscallName, ...args: readonly Argument[]): number => {
  const result = syscall(name, ...args);
  if (result < 0 && result > -4096) throw new SyscallError(name, attempted, -result);
  return result;
};

/**
 * Address of a buffer's first byte; 0 for an empty one. It stays the same while the buffer lives: keep a reference.
 */
export const addressOf = (buffer: ArrayBufferView): number =>
  buffer.byteLength === 0 ? 0 : Number(koffi().address(buffer));

/** Memory at an address as an ArrayBuffer, without a copy. Whoever makes it answers for the memory staying mapped. */
export const memoryAt = (address: number, length: number): ArrayBuffer => koffi().view(address, length);
