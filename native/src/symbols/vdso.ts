/** The kernel's own library in every process: it has no file, but it is the same in all of them, so ours will do. */
import { closeSync, openSync, readSync } from 'node:fs';
import { ElfFile } from '../elf/file.ts';
import { readMemoryMap } from '../procfs/memory-map.ts';
import { Binary } from './binary.ts';

let vdso: Binary | null | undefined;

const read = (): Binary | null => {
  const range = readMemoryMap(process.pid)?.find(({ path }) => path === '[vdso]');
  if (range === undefined) return null;
  const fd = openSync('/proc/self/mem', 'r');
  try {
    const bytes = Buffer.alloc(range.end - range.start);
    readSync(fd, bytes, 0, bytes.length, range.start);
    return Binary.of(ElfFile.parse(bytes));
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
};

/** Null where there is none (or /proc/self/mem is closed to us). */
export const vdsoSymbols = (): Binary | null => (vdso === undefined ? (vdso = read()) : vdso);
