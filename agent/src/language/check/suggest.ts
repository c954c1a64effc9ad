/** "Did you mean": the nearest known name by edit distance. */

/** Optimal string alignment distance (one swap of neighbours counts once), or `limit + 1` as soon as it is larger. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      current.push(value);
      best = Math.min(best, value);
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? limit + 1;
}

/** The known name that is most like the given one, null when none is near. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  if (name.length > 256) return null;
  let limit = Math.max(1, Math.min(3, Math.floor(name.length / 3)));
  let found: string | null = null;
  for (const one of known) {
    if (one === name) continue;
    const distance = one.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, one, limit);
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
