/** Memory mapped from a file descriptor: array maps, ring buffers, perf buffers. */
import { call, memoryAt, syscall } from './kernel.ts';
import { track, untrack } from './handle.ts';
import type { Closeable, FileDescriptor } from './handle.ts';

export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;

/** Address ranges whose memory is gone from the kernel's object but that a view may still point to. */
const retired = new FinalizationRegistry<{ address: number; length: number }>(({ address, length }) => {
  syscall('munmap', address, length);
});

/**
 * A shared mapping. `buffer` is the memory itself: reading it costs no system call and sees what the kernel wrote.
 *
 * JavaScript cannot take a view back, and a view of unmapped memory would end the process. So `close` puts empty
 * private pages over the range (the kernel's object is let go at once; a late reader sees zeros), and the range itself
 * is unmapped when the last view has been collected.
 */
export class Mapping implements Closeable {
  readonly buffer: ArrayBuffer;
  readonly length: number;
  readonly #address: number;
  #open = true;

  private constructor(address: number, length: number, what: string) {
    this.#address = address;
    this.length = length;
    this.buffer = memoryAt(address, length);
    track(this, `mapping of ${what}`);
  }

  /** Maps `length` bytes (a multiple of the page size) from `offset`. */
  static map(
    fd: FileDescriptor,
    length: number,
    { offset = 0, writable = false }: { offset?: number; writable?: boolean } = {},
  ): Mapping {
    const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    const address = call(`map the memory of ${fd.what}`, 'mmap', 0, length, protection, MAP_SHARED, fd.number, offset);
    return new Mapping(address, length, fd.what);
  }

  get closed(): boolean {
    return !this.#open;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    untrack(this);
    const flags = MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE;
    // Refused for want of memory, the kernel's object stays until the last view is collected.
    syscall('mmap', this.#address, this.length, PROT_READ | PROT_WRITE, flags, -1, 0);
    retired.register(this.buffer, { address: this.#address, length: this.length });
  }
}
