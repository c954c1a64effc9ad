/** "Did you mean": the nearest known name by edit distance. */

const MAX_LENGTH = 256;
/** Three rows of the table, reused: names are compared by the ten thousand. */
const ROWS = [0, 1, 2].map(() => new Uint16Array(MAX_LENGTH + 2)) as [Uint16Array, Uint16Array, Uint16Array];

/** Optimal string alignment distance (one swap of neighbours counts once), or `limit + 1` as soon as it is larger. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit || a.length > MAX_LENGTH || b.length > MAX_LENGTH) return limit + 1;
  let [before, previous, current] = ROWS;
  for (let j = 0; j <= b.length; j++) previous[j] = j;
  for (let i = 1; i <= a.length; i++) {
    current[0] = i;
    let best = i;
    const code = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j++) {
      const other = b.charCodeAt(j - 1);
      let value = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (code === other ? 0 : 1),
      );
      if (i > 1 && j > 1 && code === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === other) {
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      }
      current[j] = value;
      if (value < best) best = value;
    }
    if (best > limit) return limit + 1;
    [before, previous, current] = [previous, current, before];
  }
  return previous[b.length] ?? limit + 1;
}

/** Names that are compared in one check. A text of nothing but mistakes gets no hints for the last ones. */
const MOST_COMPARED = 400_000;
let compared = 0;

/** Each check may look for names again. */
export function beginSuggestions(): void {
  compared = 0;
}

/** The known name that is most like the given one, null when none is near. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  if (name.length > MAX_LENGTH || compared > MOST_COMPARED) return null;
  let limit = Math.max(1, Math.min(3, Math.floor(name.length / 3)));
  let found: string | null = null;
  const lower = name.toLowerCase();
  for (const one of known) {
    compared++;
    if (one === name) continue;
    const same = one.length === name.length && one.toLowerCase() === lower;
    const distance = same ? 0 : editDistance(name, one, limit);
    if (distance > limit) continue;
    found = one;
    if (distance === 0) break;
    limit = distance - 1;
  }
  return found;
}

/** As a hint; undefined when nothing is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const found = nearestName(name, known);
  return found === null ? undefined : `Did you mean ${found}?`;
}
