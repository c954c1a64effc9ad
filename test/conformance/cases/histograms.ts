import { table } from '../case.ts';

export const histograms = table([
  [
    'divided counts, bars of the counts before',
    'BEGIN { @h = hist(1); @h = hist(1); @h = hist(1); @h = hist(1); @h = hist(1); @h = hist(2); @h = hist(2); @h = hist(2); print(@h, 0, 2); exit(); } END { clear(@h); }',
    [/^\[1\] {20}2 \|@{52}\|$/m, /^\[2, 4\) {17}1 \|@{31} {21}\|$/m],
  ],
  [
    'powers of two',
    'BEGIN { @ = hist(0); @ = hist(1); @ = hist(2); @ = hist(3); @ = hist(4); @ = hist(1024); }',
    [
      /@:\n/,
      /\[0\] +1 \|@+ +\|/,
      /\[1\] +1 \|@+ +\|/,
      /\[2, 4\) +2 \|@{52}\|/,
      /\[4, 8\) +1 \|@{26} {26}\|/,
      /\[512, 1K\) +0 \| {52}\|/,
      /\[1K, 2K\) +1 \|/,
    ],
  ],
  ['negative values', 'BEGIN { @ = hist(-1); @ = hist(5); }', [/\(\.\.\., 0\) +1 \|/, /\[4, 8\) +1 \|/]],
  ['large values', 'BEGIN { @ = hist(1 << 40); }', [/\[1T, 2T\) +1 \|@{52}\|/]],
  [
    'sub-buckets',
    'BEGIN { @ = hist(8, 2); @ = hist(10, 2); @ = hist(15, 2); }',
    [/\[8, 10\) +1 \|/, /\[10, 12\) +1 \|/, /\[14, 16\) +1 \|/],
  ],
  [
    'by key',
    'BEGIN { @["a"] = hist(3); @["b"] = hist(300); }',
    [/@\[a\]:\n\[2, 4\) +1 \|@{52}\|/, /@\[b\]:\n\[256, 512\) +1 \|@{52}\|/],
  ],
  [
    'linear',
    'BEGIN { @ = lhist(5, 0, 100, 10); @ = lhist(15, 0, 100, 10); @ = lhist(-1, 0, 100, 10); @ = lhist(1000, 0, 100, 10); }',
    [/\(\.\.\., 0\) +1 \|/, /\[0, 10\) +1 \|/, /\[10, 20\) +1 \|/, /\[100, \.\.\.\) +1 \|/],
  ],
  ['linear upper bound is in the last bucket', 'BEGIN { @ = lhist(100, 0, 100, 10); }', [/\[100, \.\.\.\) +1 \|/]],
]);
