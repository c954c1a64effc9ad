/** Lists of ten thousands of names in which many wildcards are looked for. */
import { globMatcher, longestPiece } from './glob.ts';

interface Searched {
  asked: number;
  /** A line each, with a line break on both sides. */
  lines: string | null;
}

const KNOWN = new WeakMap<readonly string[], Searched>();

/** So many wildcards are held against every name: to join all names takes as long as some of them. */
const FEW = 4;

/** Most names have any one letter or two: to take those out that have is more work than to hold the wildcard against all. */
const TELLING = 3;

/** Whether a wildcard has a piece by which the names that it may match are found. */
export const isTelling = (pattern: string): boolean => longestPiece(pattern).length >= TELLING;

/** The names that a wildcard may match by its longest piece, in their order: the rest does not. */
export function candidates(names: readonly string[], pattern: string): readonly string[] {
  let known = KNOWN.get(names);
  if (known === undefined) KNOWN.set(names, (known = { asked: 0, lines: null }));
  if (!isTelling(pattern) || ++known.asked <= FEW) return names;
  known.lines ??= `\n${names.join('\n')}\n`;
  return linesWith(known.lines, longestPiece(pattern));
}

export function namesLike(names: readonly string[], pattern: string): readonly string[] {
  return candidates(names, pattern).filter(globMatcher(pattern));
}

function linesWith(lines: string, piece: string): readonly string[] {
  const found: string[] = [];
  for (let at = lines.indexOf(piece); at !== -1;) {
    const end = lines.indexOf('\n', at);
    found.push(lines.slice(lines.lastIndexOf('\n', at) + 1, end));
    at = lines.indexOf(piece, end);
  }
  return found;
}
