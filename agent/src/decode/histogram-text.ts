/** Histogram rows in bpftrace's text form: label, count, bar. */
import { boundLabel, bucketBounds, type Bounds, type Histogram } from './bucket.ts';

const BAR_WIDTH = 52;
const LABEL_WIDTH = 16;
const COUNT_WIDTH = 8;

/** First and last bucket that counted something; null when none did. */
export function occupied(counts: ArrayLike<number>): readonly [first: number, last: number] | null {
  let first = -1;
  let last = -1;
  for (let index = 0; index < counts.length; index++) {
    if ((counts[index] ?? 0) > 0) {
      if (first < 0) first = index;
      last = index;
    }
  }
  return first < 0 ? null : [first, last];
}

/**
 * One line a bucket from the first to the last occupied one. As in bpftrace, `div` divides log2 counts only, and the bars
 * are of the counts before.
 */
export function histogramText(histogram: Histogram, counts: ArrayLike<number>, div: number): string {
  const range = occupied(counts);
  if (range === null) return '';
  const rows: { label: string; count: number }[] = [];
  for (let index = range[0]; index <= range[1]; index++) {
    rows.push({ label: boundsLabel(histogram, bucketBounds(histogram, index)), count: counts[index] ?? 0 });
  }
  const most = Math.max(...rows.map((row) => row.count));
  const by = histogram.kind === 'hist' ? div : 1;
  return rows
    .map(({ label, count }) => `${rowText(label, Math.floor(count / by), Math.fround(count) / Math.fround(most))}\n`)
    .join('');
}

function boundsLabel(histogram: Histogram, { lower, upper }: Bounds): string {
  if (lower === null) return `(..., ${boundLabel(histogram, upper ?? 0n)})`;
  const start = boundLabel(histogram, lower);
  if (upper === null) return `[${start}, ...)`;
  // Only of powers of two.
  return histogram.kind === 'hist' && upper === lower + 1n
    ? `[${start}]`
    : `[${start}, ${boundLabel(histogram, upper)})`;
}

/** The bar's length is computed in single precision, as in the original, so that rows match to the character. */
function rowText(label: string, count: number, share: number): string {
  const bar = '@'.repeat(Math.trunc(Math.fround(Math.fround(share) * BAR_WIDTH)));
  return `${label.padEnd(LABEL_WIDTH)}${String(count).padStart(COUNT_WIDTH)} |${bar.padEnd(BAR_WIDTH)}|`;
}
