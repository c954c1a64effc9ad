import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { ElfFile } from './file.ts';

/** By build id, then by .gnu_debuglink, as gdb looks: in the process's file system, then in ours. */
function* candidates(file: ElfFile, root: string, path: string): Generator<string> {
  const roots = root === '' ? [''] : [root, ''];
  const id = file.buildId;
  if (id !== null && id.length > 2) {
    for (const each of roots) yield each + byBuildId(id);
    yield `${downloads()}/${id}/debuginfo`;
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

const byBuildId = (id: string): string => `/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`;

/** Where debuginfod's client keeps what it fetched: debuginfod_find_debuginfo(3), ENVIRONMENT VARIABLES. */
const downloads = (): string => {
  const { DEBUGINFOD_CACHE_PATH: own, XDG_CACHE_HOME: caches } = process.env;
  return own ?? `${caches ?? `${homedir()}/.cache`}/debuginfod_client`;
};

/** Where the debugging information of a stripped binary would be, and what fetches it; nothing is fetched here. */
export const debugFileAdvice = ({ buildId, hasSymbols }: ElfFile): string => {
  const state = hasSymbols ? 'It has no debugging information' : 'It is stripped';
  return buildId === null
    ? `${state}, and no build id by which that could be found: build it with -g.`
    : `${state}; that is looked for in ${byBuildId(buildId)}, and \`debuginfod-find debuginfo ${buildId}\` fetches it where a server has it.`;
};

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
