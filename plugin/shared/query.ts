/**
 * The query as Grafana saves it in dashboards and alert rules. What is saved may be old, partial or written by hand, so
 * every reader goes through `migrateQuery`, in the browser and in the backend (alert rules and public dashboards never
 * pass through the browser).
 */

/** How the answer is shaped. `auto`: by the kind of the output (histogram -> heatmap, numbers -> time series, ...). */
export const FORMATS = ['auto', 'heatmap', 'timeseries', 'table', 'flamegraph', 'number'] as const;
export type Format = (typeof FORMATS)[number];

/** What a counter's point is: increase per second, or the exact increase of the step. */
export const COUNTER_MODES = ['rate', 'increase'] as const;
export type CounterMode = (typeof COUNTER_MODES)[number];

/**
 * One number for a time range (alert rules, format `number`). `auto`: quantile for histograms, last for the rest.
 * `above`: events in buckets wholly at or above the threshold. `none`: an alert rule gets time series for its own Reduce.
 */
export const REDUCERS = ['auto', 'last', 'mean', 'sum', 'min', 'max', 'count', 'quantile', 'above', 'none'] as const;
export type Reducer = (typeof REDUCERS)[number];

export const QUERY_VERSION = 1;

/** Version 1 of the model, complete: no field is optional. */
export interface BpfQuery {
  version: typeof QUERY_VERSION;
  /** Which of `metric` and `query` is asked; the other is kept for switching back. */
  mode: 'metric' | 'code';
  /** Catalog name, `runq.latency`. */
  metric: string;
  /** bpftrace source. */
  query: string;
  /** Positional parameters $1.. */
  params: string[];
  format: Format;
  /** Show only the output of this name (`@usecs`); empty: all that fit the format. */
  output: string;
  /** Series name with `{{label}}` places; empty: the labels. */
  legend: string;
  counters: CounterMode;
  /** Quantiles (0 to 1) that a histogram shows as time series. */
  quantiles: number[];
  /** Most series shown, those with the largest total first; the rest is named in a notice. */
  limit: number;
  reducer: Reducer;
  /** For reducer `quantile`, 0 to 1. */
  quantile: number;
  /** For reducer `above`, in the unit of the buckets. */
  threshold: number;
}

export const DEFAULT_QUERY: BpfQuery = {
  version: QUERY_VERSION,
  mode: 'metric',
  metric: '',
  query: '',
  params: [],
  format: 'auto',
  output: '',
  legend: '',
  counters: 'rate',
  quantiles: [0.5, 0.9, 0.99],
  limit: 20,
  reducer: 'auto',
  quantile: 0.99,
  threshold: 0,
};

type Saved = Record<string, unknown>;

const oneOf = <T extends string>(all: readonly T[], value: unknown, otherwise: T): T =>
  all.includes(value as T) ? (value as T) : otherwise;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one !== 'object').map(String) : [];
/** Provisioned JSON and hand-edited models write numbers as text now and then. */
const number = (value: unknown, otherwise: number): number => {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : otherwise;
};
const isQuantile = (value: number): boolean => value >= 0 && value <= 1;

/** Complete and current from whatever was saved; never throws, changes nothing that is already current. */
export function migrateQuery(saved: unknown): BpfQuery {
  const from: Saved = typeof saved === 'object' && saved !== null ? (saved as Saved) : {};
  const query = text(from['query']);
  const metric = text(from['metric']);
  const quantiles = Array.isArray(from['quantiles'])
    ? from['quantiles'].map((value) => number(value, Number.NaN)).filter(isQuantile)
    : [];
  const quantile = number(from['quantile'], DEFAULT_QUERY.quantile);
  return {
    version: QUERY_VERSION,
    mode: oneOf(['metric', 'code'], from['mode'], query !== '' && metric === '' ? 'code' : 'metric'),
    metric,
    query,
    params: texts(from['params']),
    format: oneOf(FORMATS, from['format'], DEFAULT_QUERY.format),
    output: text(from['output']),
    legend: text(from['legend']),
    counters: oneOf(COUNTER_MODES, from['counters'], DEFAULT_QUERY.counters),
    quantiles: quantiles.length > 0 ? quantiles : DEFAULT_QUERY.quantiles,
    limit: Math.max(1, Math.min(1000, Math.trunc(number(from['limit'], DEFAULT_QUERY.limit)))),
    reducer: oneOf(REDUCERS, from['reducer'], DEFAULT_QUERY.reducer),
    quantile: isQuantile(quantile) ? quantile : DEFAULT_QUERY.quantile,
    threshold: number(from['threshold'], DEFAULT_QUERY.threshold),
  };
}

/** Nothing to ask yet: a new panel. Such a query is skipped, not an error. */
export function isEmptyQuery(query: BpfQuery): boolean {
  return (query.mode === 'metric' ? query.metric : query.query).trim() === '';
}

/** One line for Explore's history and collapsed query rows. */
export function queryDisplayText(query: BpfQuery): string {
  return query.mode === 'metric' ? query.metric : query.query.replace(/\s+/g, ' ').trim();
}
