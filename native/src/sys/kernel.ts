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
  /** The same on another thread. Left out: at once. */
  syscallInBackground?(name: SyscallName, args: readonly Word[]): Promise<number>;
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
  const numberOf = (name: SyscallName): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const nr = syscallNumber(name, ARCH);
    if (nr === undefined) throw new Error(`system call ${name} has no number on ${ARCH}`);
    numbers.set(name, nr);
    return nr;
  };
  const answer = (result: number | bigint): number => (Number(result) === -1 ? -library.errno() : Number(result));
  return {
    syscall(name, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]) {
      return answer(raw(numberOf(name), a, b, c, d, e, f));
    },
    syscallInBackground(name, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]) {
      const nr = numberOf(name);
      // The library carries the other thread's errno over to where this is called back.
      return new Promise((resolve) => raw.async(nr, a, b, c, d, e, f, (_, result) => resolve(answer(result))));
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

/**
 * So many calls of a name are with the library's threads at a time; the others wait here. The threads are few (4 on
 * Node, one a CPU on Bun) and files and names of hosts need them too.
 */
const MOST_IN_BACKGROUND = 2;
const lanes = new Map<SyscallName, { running: number; readonly waiting: (() => void)[] }>();

/**
 * Like `syscall`, but the event loop goes on meanwhile: for what the kernel takes long to do. Calls of one name begin in
 * order. Buffers must not change until it resolves.
 */
export const syscallInBackground = async (name: SyscallName, ...args: readonly Argument[]): Promise<number> => {
  const kernel = installed ?? linuxKernel();
  if (kernel.syscallInBackground === undefined) return syscall(name, ...args);
  const lane = lanes.get(name) ?? { running: 0, waiting: [] };
  lanes.set(name, lane);
  if (lane.running >= MOST_IN_BACKGROUND) await new Promise<void>((resolve) => lane.waiting.push(resolve));
  else lane.running++;
  const words = args.map((argument) => (typeof argument === 'object' ? addressOf(argument) : argument));
  // To the collector an address is no reference.
  heldInBackground.add(args);
  try {
    return await kernel.syscallInBackground(name, words);
  } finally {
    heldInBackground.delete(args);
    // Hands its place over.
    const next = lane.waiting.shift();
    if (next === undefined) lane.running--;
    else next();
  }
};

const heldInBackground = new Set<readonly Argument[]>();

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
