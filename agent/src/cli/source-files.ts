/**
 * The files that a query on the command line may read: those in its own folder and below, and in the folders of -I. The
 * HTTP API has no such reader.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { unknownHeader } from '../language/preamble/files.ts';
import type { FileReader, FileRefusal, SourceFile } from '../language/preamble/files.ts';
import { isSystemHeader } from '../language/preamble/headers.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const WRITABLE_BY_ALL = 0o002;

export interface SourceFolders {
  /** Of the query: where relative paths begin. */
  readonly own: string;
  /** -I, in order. */
  readonly includeDirs: readonly string[];
  /** Files of --include: named by the person, wherever they are. */
  readonly named: readonly string[];
}

export class SourceFiles implements FileReader {
  readonly #folders: SourceFolders;
  readonly #roots: readonly string[];

  constructor(folders: SourceFolders) {
    this.#folders = folders;
    this.#roots = [folders.own, ...folders.includeDirs, ...folders.named.map((file) => dirname(file))].flatMap(
      realPath,
    );
  }

  include(path: string, system: boolean, from: string | null): SourceFile | FileRefusal | null {
    const folders = system ? this.#folders.includeDirs : [this.#beside(from), ...this.#folders.includeDirs];
    const found = find(path, folders);
    if (found !== null) return this.#read(found);
    if (isSystemHeader(path)) return null;
    return system ? unknownHeader(path) : missing(path, folders);
  }

  import(path: string, from: string | null): readonly SourceFile[] | FileRefusal {
    const folders = [this.#beside(from), ...this.#folders.includeDirs];
    const found = find(path, folders);
    if (found === null) return missing(path, folders);
    const names = statSync(found).isDirectory()
      ? readdirSync(found)
          .filter((name) => /\.(bt|h)$/.test(name))
          .sort()
          .map((name) => join(found, name))
      : [found];
    const files: SourceFile[] = [];
    for (const name of names) {
      if (/\.(c|o)$/.test(name)) return notOurs(name);
      const file = this.#safe(name) ?? this.#read(name);
      if ('code' in file) return file;
      files.push(file);
    }
    return files;
  }

  #beside(from: string | null): string {
    return from === null ? this.#folders.own : dirname(from);
  }

  /** Why a file that is to be run as part of the query is not trusted; null when it is. */
  #safe(name: string): FileRefusal | null {
    for (const path of [name, dirname(name)]) {
      if ((statSync(path).mode & WRITABLE_BY_ALL) === 0) continue;
      return {
        code: 'file-refused',
        message: `${name} is not imported: everybody may write to ${path}.`,
        hint: `chmod o-w ${path}`,
      };
    }
    return null;
  }

  #read(name: string): SourceFile | FileRefusal {
    const [real] = realPath(name);
    const allowed = real !== undefined && this.#roots.some((root) => isBelow(root, real));
    if (!allowed) {
      const hint = `-I ${dirname(name)} allows it.`;
      return { code: 'file-refused', message: `${name} is outside of the query's folder.`, hint };
    }
    const { size } = statSync(real);
    if (size > MAX_BYTES) return { code: 'file-refused', message: `${name} has more than ${MAX_BYTES >> 20} MB.` };
    try {
      return { name, text: readFileSync(real, 'utf8') };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { code: 'file-missing', message: `${name} cannot be read: ${why}` };
    }
  }
}

function find(path: string, folders: readonly string[]): string | null {
  const candidates = isAbsolute(path) ? [path] : folders.map((folder) => join(folder, path));
  return candidates.find(isThere) ?? null;
}

function isThere(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && (stat.isFile() || stat.isDirectory());
}

function realPath(path: string): string[] {
  try {
    return [realpathSync(resolve(path))];
  } catch {
    return [];
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return !way.startsWith('..') && !isAbsolute(way);
}

const missing = (path: string, folders: readonly string[]): FileRefusal => ({
  code: 'file-missing',
  message: `There is no file "${path}" in ${folders.map((folder) => (folder === '.' ? 'the working folder' : folder)).join(', ')}.`,
  hint: '-I names more folders to look in.',
});

const notOurs = (name: string): FileRefusal => ({
  code: 'unsupported',
  message: `${name} is not imported: C that runs in the kernel needs a C compiler, which is not used here.`,
  hint: 'Write it as a macro or function of the language.',
});
