/** From what people write (`bash`, `libc`, `/usr/lib/libssl*`) to files. */
import { globBudget, globSync } from './glob.ts';
import type { GlobBudget } from './glob.ts';
import { readFileSync, statSync } from 'node:fs';
import { parseLibraryCache } from './library-cache.ts';

const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const LIBRARY_FOLDERS = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib/aarch64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/lib',
  '/usr/lib',
];

const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

interface LibraryCache {
  readonly file: string;
  readonly changed: number;
  readonly rows: { soname: string; path: string }[];
}

/** The one read last: a query may name many libraries. */
let lastCache: LibraryCache | null = null;

const cached = (root: string): LibraryCache['rows'] => {
  const file = `${root}/etc/ld.so.cache`;
  try {
    const { mtimeMs: changed } = statSync(file);
    if (lastCache?.file !== file || lastCache.changed !== changed)
      lastCache = { file, changed, rows: parseLibraryCache(readFileSync(file)) };
    return lastCache.rows;
  } catch {
    return [];
  }
};

/** `libc` means libc.so.*, `libssl.so.3` itself, `ssl` nothing. */
const findLibrary = (name: string, root: string, budget: GlobBudget): string[] => {
  const matches = (soname: string): boolean => soname === name || soname.startsWith(`${name}.so`);
  const inCache = cached(root).find(({ soname, path }) => matches(soname) && isFile(root + path));
  if (inCache !== undefined) return [inCache.path];
  for (const folder of LIBRARY_FOLDERS) {
    const found = globSync(`${root}${folder}/${name}*`, budget).filter((path) => matches(path.split('/').at(-1) ?? ''));
    if (found[0] !== undefined) return [found[0].slice(root.length)];
  }
  return [];
};

/**
 * Paths of the binaries that a pattern means, with `root` before them: '' for this mount namespace,
 * `/proc/PID/root` for that of a process. A name without a slash is looked for in `path` (`$PATH`), then among the
 * libraries. `*`, `?` and `[...]` match within a path component. Empty when nothing is there.
 * Throws TooManyFiles when wildcards lead through more files than `budget` has.
 */
export const resolveBinaries = (
  pattern: string,
  {
    root = '',
    path = process.env['PATH']?.split(':') ?? PATH,
    budget = globBudget(),
  }: { root?: string; path?: readonly string[]; budget?: GlobBudget } = {},
): string[] => {
  const unique = (paths: readonly string[]): string[] => [...new Set(paths)];
  const wild = /[*?[]/.test(pattern);
  if (pattern.includes('/')) {
    const full = root + (pattern.startsWith('/') ? pattern : `${process.cwd()}/${pattern}`);
    return wild ? globSync(full, budget).filter(isFile) : isFile(full) ? [full] : [];
  }
  if (wild) return unique(path.flatMap((folder) => globSync(`${root}${folder}/${pattern}`, budget))).filter(isFile);
  const folder = path.find((each) => isFile(`${root}${each}/${pattern}`));
  if (folder !== undefined) return [`${root}${folder}/${pattern}`];
  return findLibrary(pattern, root, budget).map((found) => root + found);
};
