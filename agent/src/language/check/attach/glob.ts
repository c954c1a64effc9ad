/** Wildcards of attach points: `*` is any text. */

export function isGlob(text: string): boolean {
  return text.includes('*');
}

/** A test for names; linear in the name for any pattern. */
export function globMatcher(pattern: string): (name: string) => boolean {
  if (!isGlob(pattern)) return (name) => name === pattern;
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    const end = name.length - last.length;
    for (const piece of middle) {
      const next = name.indexOf(piece, at);
      if (next === -1 || next + piece.length > end) return false;
      at = next + piece.length;
    }
    return at <= end;
  };
}
