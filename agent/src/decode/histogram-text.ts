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

/** One line a bucket from the first to the last occupied one. `div` divides log2 counts only, as in bpftrace. */
export function histogramText(histogram: Histogram, counts: ArrayLike<number>, div: number): string {
  const range = occupied(counts);
  if (range === null) return '';
  const rows: { label: string; count: number }[] = [];
  for (let index = range[0]; index <= range[1]; index++) {
    const count = counts[index] ?? 0;
    rows.push({
      label: boundsLabel(histogram, bucketBounds(histogram, index)),
      count: histogram.kind === 'hist' ? Math.floor(count / div) : count,
    });
  }
  const most = Math.max(...rows.map((row) => row.count));
  return rows.map((row) => `${rowText(row.label, row.count, most)}\n`).join('');
}

function boundsLabel(histogram: Histogram, { lower, upper }: Bounds): string {
  if (lower === null) return `(..., ${boundLabel(histogram, upper ?? 0n)})`;
  const start = boundLabel(histogram, lower);
  if (upper === null) return `[${start}, ...)`;
  return upper === lower + 1n ? `[${start}]` : `[${start}, ${boundLabel(histogram, upper)})`;
}

/** The bar's length is computed in single precision, as in the original, so that rows match to the character. */
function rowText(label: string, count: number, most: number): string {
  const share = most === 0 ? 0 : Math.fround(Math.fround(count) / Math.fround(most));
  const bar = '@'.repeat(Math.trunc(Math.fround(share * BAR_WIDTH)));
  return `${label.padEnd(LABEL_WIDTH)}${String(count).padStart(COUNT_WIDTH)} |${bar.padEnd(BAR_WIDTH)}|`;
}
