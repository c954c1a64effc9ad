/** Wildcards of probes: `*` is any text. */

export function isGlob(text: string): boolean {
  return text.includes('*');
}

/**
 * A test for whole names; in lists of probes `?` is any one character. Steps: at most the name's length times the
 * pattern's.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  const wanted = pattern.replace(/\*+/g, '*');
  if (!wanted.includes('?')) return inOrder(wanted.split('*'));
  const least = wanted.replaceAll('*', '').length;
  const piece = longestPiece(wanted);
  return (name) => name.length >= least && name.includes(piece) && matches(wanted, name);
}

/** Names that begin and end with the first and last piece and have all others in between: each where it comes first. */
function inOrder(pieces: readonly string[]): (name: string) => boolean {
  const [first = '', ...others] = pieces;
  const last = others.pop() ?? '';
  const least = pieces.reduce((sum, { length }) => sum + length, 0);
  return (name) => {
    if (name.length < least || !name.endsWith(last) || !name.startsWith(first)) return false;
    let at = first.length;
    for (const piece of others) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= name.length - last.length;
  };
}

/** Most names lack it, and looking for it is what the engine does fastest. */
export const longestPiece = (pattern: string): string =>
  pattern.split(/[*?]/).reduce((longest, one) => (one.length > longest.length ? one : longest));

/** After a mismatch the last `*` takes one character more; earlier ones never have to. */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  for (let index = 0; index < name.length;) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      taken = index;
    } else if (wanted === name[index] || wanted === '?') {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++taken;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
