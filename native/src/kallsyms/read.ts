import { closeSync, openSync, readSync } from 'node:fs';

/** A file of /proc says no size; this is beyond most kernels' symbols, and memory that nobody touches costs nothing. */
const FIRST = 16 << 20;

/** All of a file into one buffer, with no second copy of it on the way. Throws Node's errors. */
export const readGrowing = (path: string): Uint8Array => {
  const fd = openSync(path, 'r');
  try {
    let buffer = Buffer.allocUnsafeSlow(FIRST);
    let length = 0;
    for (;;) {
      const got = readSync(fd, buffer, length, buffer.length - length, null);
      if (got === 0) return buffer.subarray(0, length);
      length += got;
      if (length < buffer.length) continue;
      const larger = Buffer.allocUnsafeSlow(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
  } finally {
    closeSync(fd);
  }
};
