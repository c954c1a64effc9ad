/** The most that each may hold so that all together stay within a budget: small ones keep all, large ones an equal rest. */
export function fairShare(sizes: readonly number[], budget: number): number {
  let left = budget;
  const ascending = [...sizes].sort((a, b) => a - b);
  for (const [index, size] of ascending.entries()) {
    const share = left / (ascending.length - index);
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}
