import { readdirSync } from 'node:fs';

/** A walk that would go on through much of the file system, or in circles over its links. */
export class TooManyFiles extends Error {
  override name = 'TooManyFiles';
}

/** Names of files that may still be gone through. All of /usr/lib of a large system have fewer than there are at first. */
export interface GlobBudget {
  names: number;
}

export const globBudget = (): GlobBudget => ({ names: 50_000 });

const STAR = null;

/** What one character may be; null: any text. */
type Piece = ((letter: string) => boolean) | typeof STAR;

function piecesOf(glob: string): Piece[] {
  const pieces: Piece[] = [];
  for (let i = 0; i < glob.length; i++) {
    const letter = glob[i] ?? '';
    const close = letter === '[' ? glob.indexOf(']', i + 2) : -1;
    if (letter === '*') {
      if (pieces.at(-1) !== STAR) pieces.push(STAR);
    } else if (letter === '?') pieces.push(() => true);
    else if (close > 0) {
      pieces.push(classOf(glob.slice(i + 1, close)));
      i = close;
    } else pieces.push((other) => other === letter);
  }
  return pieces;
}

/** `a-z_`, `!a`: what stands between brackets. */
function classOf(text: string): (letter: string) => boolean {
  const inverted = text.startsWith('!') || text.startsWith('^');
  const members = inverted ? text.slice(1) : text;
  const ranges: [string, string][] = [];
  for (let i = 0; i < members.length; i++) {
    const first = members[i] ?? '';
    const isRange = members[i + 1] === '-' && i + 2 < members.length;
    ranges.push([first, (isRange ? members[i + 2] : first) ?? first]);
    if (isRange) i += 2;
  }
  return (letter) => ranges.some(([from, to]) => letter >= from && letter <= to) !== inverted;
}

/**
 * A test for names by `*`, `?` and `[...]` of one path component. Steps: at most the name's length times the pattern's,
 * as after a mismatch only the last `*` takes one character more.
 */
export function componentMatcher(glob: string): (name: string) => boolean {
  const pieces = piecesOf(glob);
  return (name) => {
    let at = 0;
    let star = -1;
    let taken = 0;
    for (let index = 0; index < name.length;) {
      const piece = pieces[at];
      if (piece === STAR) {
        star = at++;
        taken = index;
      } else if (piece?.(name[index] ?? '') === true) {
        at++;
        index++;
      } else if (star >= 0) {
        at = star + 1;
        index = ++taken;
      } else return false;
    }
    while (pieces[at] === STAR) at++;
    return at === pieces.length;
  };
}

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder === '' ? '/' : folder).sort();
  } catch {
    return [];
  }
};

/** Existing paths that an absolute glob matches, in order. Throws TooManyFiles when the budget is spent. */
export const globSync = (glob: string, budget = globBudget()): string[] => {
  const listed = (folder: string): string[] => {
    const found = list(folder);
    budget.names -= found.length + 1;
    if (budget.names < 0) throw new TooManyFiles(`${glob} leads through too many files`);
    return found;
  };
  let paths = [''];
  for (const component of glob.split('/').filter((each) => each !== '')) {
    if (!/[*?[]/.test(component)) {
      paths = paths.map((path) => `${path}/${component}`);
      continue;
    }
    const matches = componentMatcher(component);
    paths = paths.flatMap((path) =>
      listed(path)
        .filter((name) => matches(name) && (component.startsWith('.') || !name.startsWith('.')))
        .map((name) => `${path}/${name}`),
    );
    if (paths.length === 0) return [];
  }
  return paths;
};
