/** The words C builds its integer types from. */
const BASE_WORDS: ReadonlySet<string> = new Set([
  ...['char', 'short', 'int', 'long', 'signed', 'unsigned', 'float', 'double', 'void', '_Bool', '__int128'],
]);

export function isBaseWord(word: string): boolean {
  return BASE_WORDS.has(word);
}

/**
 * One spelling of each base type: `long unsigned int` and `unsigned long` are both `unsigned long`. The result is one
 * of void, _Bool, float, double, char, signed char, and [unsigned] short, int, long, long long, __int128.
 */
export function joinBaseWords(words: readonly string[]): string {
  const has = (word: string): boolean => words.includes(word);
  for (const word of ['void', '_Bool', 'float', 'double']) if (has(word)) return word;
  const unsigned = has('unsigned') ? 'unsigned ' : '';
  if (has('char')) return has('signed') ? 'signed char' : `${unsigned}char`;
  if (has('__int128')) return `${unsigned}__int128`;
  if (has('short')) return `${unsigned}short`;
  const longs = words.filter((word) => word === 'long').length;
  return unsigned + (longs > 1 ? 'long long' : longs === 1 ? 'long' : 'int');
}
