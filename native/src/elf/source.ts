import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Closeable } from '../sys/handle.ts';

/** Bytes at places: a file of 500 MB is not read for a table in it. */
export interface ByteSource extends Closeable {
  readonly size: number;
  /** Shorter than asked at the end of the source. */
  read(offset: number, length: number): Uint8Array;
}

export const bufferSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.byteLength,
  read: (offset, length) => bytes.subarray(offset, offset + length),
  close: () => {},
});

/** The file stays open, so a file that is replaced meanwhile is read as it was. Throws Node's errors (ENOENT, EACCES). */
export const fileSource = (path: string): ByteSource => {
  let fd = openSync(path, 'r');
  const stat = fstatSync(fd);
  // Devices and pipes could block or never end; /proc files have no size.
  if (!stat.isFile()) {
    closeSync(fd);
    throw new Error(`${path} is not a regular file`);
  }
  if (stat.size === 0) {
    closeSync(fd);
    return bufferSource(readFileSync(path));
  }
  return {
    size: stat.size,
    read(offset, length) {
      const want = Math.max(0, Math.min(length, stat.size - offset));
      const bytes = new Uint8Array(want);
      const got = want === 0 ? 0 : readSync(fd, bytes, 0, want, offset);
      return got === want ? bytes : bytes.subarray(0, got);
    },
    close() {
      if (fd >= 0) closeSync(fd);
      fd = -1;
    },
  };
};
