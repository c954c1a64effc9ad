/** Where the query's text comes from. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';
import type { RunOptions } from './options.ts';

export interface Source {
  /** As messages call it: `stdin` for -e too, as bpftrace does. */
  readonly name: string;
  readonly text: string;
}

export function readSource(options: Pick<RunOptions, 'expression' | 'file' | 'includes'>): Source {
  const preamble = options.includes.map((file) => `#include <${file}>\n`).join('');
  if (options.expression !== null) return { name: 'stdin', text: preamble + options.expression };
  const { file } = options;
  if (file === null) throw new UsageError('No query: give a FILE, - for stdin, or -e PROGRAM.');
  try {
    return { name: file === '-' ? 'stdin' : file, text: preamble + readFileSync(file === '-' ? 0 : file, 'utf8') };
  } catch (error) {
    throw new UsageError(`failed to open file '${file}': ${error instanceof Error ? error.message : String(error)}`);
  }
}
