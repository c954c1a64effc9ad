/** Where the query's text comes from, and which files it may read. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errnoMessage } from '@bpfscope/native/uapi';
import { SourceFiles } from '../source-files.ts';
import { UsageError } from '../usage-error.ts';
import type { RunOptions } from './options.ts';

export interface Source {
  /** As messages call it: `stdin` for -e too, as bpftrace does. */
  readonly name: string;
  readonly text: string;
  /** For the compiler. */
  readonly files: SourceFiles;
  readonly includes: readonly string[];
}

export function readSource(options: Pick<RunOptions, 'expression' | 'file' | 'includes' | 'includeDirs'>): Source {
  const { expression, file, includeDirs } = options;
  // As C compilers do: a file in the working folder first, then as any other header.
  const includes = options.includes.map((name) => (existsSync(name) ? resolve(name) : name));
  const own = file === null || file === '-' ? '.' : dirname(file);
  const files = new SourceFiles({ own, includeDirs, named: includes.filter((name) => existsSync(name)) });
  if (expression !== null) return { name: 'stdin', text: expression, files, includes };
  if (file === null) throw new UsageError('No query: give a FILE, - for stdin, or -e PROGRAM.');
  try {
    // Some editors of Windows begin a file with a byte order mark.
    const text = readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\uFEFF/, '');
    return { name: file === '-' ? 'stdin' : file, text, files, includes };
  } catch (error) {
    const known = error instanceof Error && 'errno' in error ? errnoMessage(-Number(error.errno)) : String(error);
    throw new UsageError(`failed to open file '${file}': ${known}`);
  }
}
