/** The same program in the spelling of older versions, where there is one. */
const SPELLINGS: readonly (readonly [newer: RegExp, older: string])[] = [
  [/\bargs\.(?=\w)/g, 'args->'],
  [/(^|[\s};,])begin(?=\s*[{/,])/g, '$1BEGIN'],
  [/(^|[\s};,])end(?=\s*[{/,])/g, '$1END'],
  [/\bdelete\((@\w*), ((?:[^()]|\([^()]*\))*)\)/g, 'delete($1[$2])'],
  [/\b(interval|profile):(\d+)(us|ms|s)\b/g, '$1:$3:$2'],
  [/\blet (\$\w+) =/g, '$1 ='],
];

export const olderSpelling = (program: string): string =>
  SPELLINGS.reduce((text, [newer, older]) => text.replace(newer, older), program);
