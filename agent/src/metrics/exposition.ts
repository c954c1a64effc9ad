/** Prometheus text format 0.0.4: escaping, numbers and classic histograms. Pure. */

export interface Sample {
  readonly suffix?: '' | '_bucket' | '_sum' | '_count';
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replace(/"/g, '\\"');

/** A number as Go's strconv prints it (`4e-06`, `67.108864`), so that `le` values are those of other exporters. */
export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Number.isNaN(value)) return 'NaN';
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e21)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

export function renderFamily(family: Family): string {
  const lines = [`# HELP ${family.name} ${escapeHelp(family.help)}`, `# TYPE ${family.name} ${family.type}`];
  for (const { suffix = '', labels, value } of family.samples) {
    const text = labels.map(([name, label]) => `${name}="${escapeLabel(label)}"`).join(',');
    lines.push(`${family.name}${suffix}${text === '' ? '' : `{${text}}`} ${formatNumber(value)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A bound in base units without the noise of the multiplication: 8 * 1e-6 is 0.000008. */
export const inBaseUnits = (value: number, scale: number): number => Number((value * scale).toPrecision(12));

export interface HistogramShape {
  /** Ascending upper bounds in the query's unit; the last bucket (`+Inf`) is added. */
  readonly bounds: readonly number[];
  /** Base units per unit of the query. */
  readonly scale: number;
}

export interface CountedBucket {
  readonly lower: number | null;
  readonly upper: number | null;
  readonly count: number;
}

/**
 * Cumulative `le` samples. A bucket counts below a bound only when it ends at or below it. Buckets are `[lower, upper)`
 * of whole numbers, so `le` differs from the definition (inclusive) only for values that equal the bound exactly.
 */
export function histogramSamples(
  labels: readonly (readonly [string, string])[],
  buckets: readonly CountedBucket[],
  shape: HistogramShape,
  sum: number | null,
): Sample[] {
  const samples: Sample[] = [];
  let index = 0;
  let below = 0;
  for (const bound of shape.bounds) {
    for (; index < buckets.length; index++) {
      const bucket = buckets[index];
      if (bucket === undefined || bucket.upper === null || bucket.upper > bound) break;
      below += bucket.count;
    }
    const le = formatNumber(inBaseUnits(bound, shape.scale));
    samples.push({ suffix: '_bucket', labels: [...labels, ['le', le]], value: below });
  }
  const total = buckets.reduce((all, bucket) => all + bucket.count, 0);
  samples.push({ suffix: '_bucket', labels: [...labels, ['le', '+Inf']], value: total });
  if (sum !== null) samples.push({ suffix: '_sum', labels, value: inBaseUnits(sum, shape.scale) });
  samples.push({ suffix: '_count', labels, value: total });
  return samples;
}
