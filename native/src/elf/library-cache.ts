/** /etc/ld.so.cache: where the dynamic linker finds libraries by soname (glibc's new format, `glibc-ld.so.cache1.1`). */
import { textAt } from './file.ts';

const MAGIC = 'glibc-ld.so.cache1.1';
const OLD_MAGIC = 'ld.so-1.7.0';
const OLD_ENTRY = 12;
const ENTRY = 24;
const HEADER = 48;

export interface CachedLibrary {
  /** `libc.so.6` */
  readonly soname: string;
  readonly path: string;
}

/** In the file's order; empty for a format that we do not know. */
export const parseLibraryCache = (file: Uint8Array): CachedLibrary[] => {
  let bytes = file;
  if (textAt(bytes.subarray(0, OLD_MAGIC.length), 0) === OLD_MAGIC && bytes.length >= 16) {
    // The old format comes first on old systems; the new one follows at the next multiple of 8.
    const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
    bytes = bytes.subarray((16 + count * OLD_ENTRY + 7) & ~7);
  }
  if (bytes.length < HEADER || Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(20, true);
  const libraries: CachedLibrary[] = [];
  for (let i = 0; i < count && HEADER + (i + 1) * ENTRY <= bytes.length; i++) {
    const at = HEADER + i * ENTRY;
    const key = view.getUint32(at + 4, true);
    const value = view.getUint32(at + 8, true);
    if (key < bytes.length && value < bytes.length) {
      libraries.push({ soname: textAt(bytes, key), path: textAt(bytes, value) });
    }
  }
  return libraries;
};
