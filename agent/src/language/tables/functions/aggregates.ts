import type { FunctionRow } from './row.ts';

/** Map values that the kernel aggregates. */
export const AGGREGATES: readonly FunctionRow[] = [
  {
    name: 'count',
    signatures: ['count()'],
    documentation: 'Counts how often it is called.',
    kind: 'aggregate',
    arity: [0, 0],
  },
  { name: 'sum', signatures: ['sum(int n)'], documentation: 'Adds up the values.', kind: 'aggregate', arity: [1, 1] },
  {
    name: 'avg',
    signatures: ['avg(int n)'],
    documentation: 'Average of the values.',
    kind: 'aggregate',
    arity: [1, 1],
  },
  { name: 'min', signatures: ['min(int n)'], documentation: 'Smallest value.', kind: 'aggregate', arity: [1, 1] },
  { name: 'max', signatures: ['max(int n)'], documentation: 'Largest value.', kind: 'aggregate', arity: [1, 1] },
  {
    name: 'stats',
    signatures: ['stats(int n)'],
    documentation: 'Count, average and total of the values.',
    kind: 'aggregate',
    arity: [1, 1],
  },
  {
    name: 'hist',
    signatures: ['hist(int n)', 'hist(int n, int bits)'],
    documentation: 'Histogram with power-of-two buckets; `bits` (0 to 5) splits each in 2^bits equal parts.',
    kind: 'aggregate',
    arity: [1, 2],
  },
  {
    name: 'lhist',
    signatures: ['lhist(int n, int min, int max, int step)'],
    documentation: 'Histogram with buckets of equal width from `min` to `max`.',
    kind: 'aggregate',
    arity: [4, 4],
  },
  {
    name: 'tseries',
    signatures: [
      'tseries(int n, duration interval, int buckets)',
      'tseries(int n, duration interval, int buckets, string fold)',
    ],
    documentation:
      'Values of the last `buckets` intervals; fold is avg, max, min or sum, the last value when left out. Unstable.',
    kind: 'aggregate',
    arity: [3, 4],
  },
];
