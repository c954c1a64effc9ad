/** Two texts that differ only in blanks and comments are the same query; the hash of what is left names a run. */
import { createHash } from 'node:crypto';
import type { StartRequest } from './port.ts';

/** A string, or a stretch of blanks and comments. */
const STRING_OR_BLANK = /("(?:[^"\\]|\\.)*"?)|(?:\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|\s)+/g;

/** Strings stay as they are. A text with preprocessor lines is only trimmed: there line ends have meaning. */
export function normalise(source: string): string {
  if (/^\s*#/m.test(source)) return source.trim();
  return source.replace(STRING_OR_BLANK, (_blank, text: string | undefined) => text ?? ' ').trim();
}

/** SHA-256, hex, of everything that makes two runs differ. */
export function queryHash(request: StartRequest): string {
  const parts = [
    normalise(request.query),
    request.params ?? [],
    request.unsafe ?? false,
    [...(request.outputs ?? [])].sort(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
