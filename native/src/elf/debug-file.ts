import { statSync } from 'node:fs';
import { ElfFile } from './file.ts';

/** By build id, then by .gnu_debuglink, as gdb looks: in the process's file system, then in ours. */
function* candidates(file: ElfFile, root: string, path: string): Generator<string> {
  const roots = root === '' ? [''] : [root, ''];
  const id = file.buildId;
  if (id !== null && id.length > 2) {
    for (const each of roots) yield `${each}/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`;
  }
  const link = file.debugLink;
  if (link === null || link === '' || link.includes('/')) return;
  const folder = path.slice(0, path.lastIndexOf('/'));
  for (const each of roots) {
    yield `${each}${folder}/${link}`;
    yield `${each}${folder}/.debug/${link}`;
    yield `${each}/usr/lib/debug${folder}/${link}`;
  }
}

/**
 * The separate file with a binary's debugging information, open; null when there is none that belongs to it. `path`:
 * of the binary within `root`.
 */
export const openDebugFile = (file: ElfFile, root: string, path: string): { file: ElfFile; path: string } | null => {
  for (const candidate of candidates(file, root, path)) {
    let debug: ElfFile | null = null;
    try {
      if (!statSync(candidate).isFile()) continue;
      debug = ElfFile.open(candidate);
      if (file.buildId === null || debug.buildId === null || debug.buildId === file.buildId) {
        return { file: debug, path: candidate };
      }
    } catch {
      // Not there, or no ELF file.
    }
    debug?.close();
  }
  return null;
};
