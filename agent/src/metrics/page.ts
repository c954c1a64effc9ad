/** The text of /metrics: the always-on metrics in base units, what each run costs and lost, and the agent's own. */
import type { HostMetric } from '../catalog/host-catalog.ts';
import type { ExportSpec } from '../catalog/schema.ts';
import type { HistogramOutput, Key, NumberOutput, Output, RunInfo } from '../protocol/index.ts';
import type { Service } from '../service.ts';
import type { AgentMetrics } from './agent-metrics.ts';
import { histogramSamples, inBaseUnits, renderFamily, type Family, type Sample } from './exposition.ts';

const PREFIX = 'bpfscope';
const DEFAULT_EXPONENTS: readonly [number, number] = [0, 26];

/** `prefix` (a scrape parameter) renames the exported metrics: `ebpf_exporter` gives that exporter's names. */
export async function renderMetrics(service: Service, own: AgentMetrics, prefix = PREFIX): Promise<string> {
  const checked = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/.test(prefix) ? prefix : PREFIX;
  const runs = service.list();
  own.runs(runs);
  const parts: string[] = [];
  for (const run of runs) {
    const entry = service.metricOf(run.id);
    if (entry === null || entry.export === null || run.leaseUntil !== null || run.state !== 'running') continue;
    const family = exported(service, run, entry, entry.export, checked);
    if (family !== null) parts.push(renderFamily(family));
  }
  for (const family of runFamilies(runs)) parts.push(renderFamily(family));
  parts.push(await own.registry.metrics());
  return parts.join('');
}

function exported(service: Service, run: RunInfo, entry: HostMetric, spec: ExportSpec, prefix: string): Family | null {
  const { title, labels } = entry.metric;
  const counted = service.counterTotals(run.id);
  const name = `${prefix}_${spec.name}`;
  const help = `${title}.`;
  if (counted !== null) {
    const gauge = entry.source?.kind === 'counter' && entry.source.counter.as === 'gauge';
    const samples = [...counted].map(([key, value]) => ({
      labels: labelled(labels, [...key]),
      value: inBaseUnits(value, spec.scale),
    }));
    return { name, help, type: gauge ? 'gauge' : 'counter', samples };
  }
  const outputs = service.totals(run.id);
  const main = outputs.find((output) => entry.outputs === null || output.name === entry.outputs[0]);
  if (main === undefined || main.kind === 'events') return null;
  if (main.kind === 'histogram') {
    const sums = outputs.find((output) => output.name === spec.sum);
    return { name, help, type: 'histogram', samples: histograms(main, sums, labels, spec) };
  }
  const samples = main.series.map(({ key, values }) => ({
    labels: labelled(labels, key),
    value: inBaseUnits(numeric(values), spec.scale),
  }));
  return { name, help, type: main.kind === 'counter' ? 'counter' : 'gauge', samples: orZero(samples, labels) };
}

function histograms(
  main: HistogramOutput,
  sums: Output | undefined,
  labels: readonly string[],
  spec: ExportSpec,
): Sample[] {
  const [first, last] = spec.exponents ?? DEFAULT_EXPONENTS;
  const bounds = Array.from({ length: last - first + 1 }, (_, index) => 2 ** (first + index));
  const shape = { bounds, scale: spec.scale };
  const sumOf = new Map<string, number>();
  if (sums !== undefined && sums.kind !== 'histogram' && sums.kind !== 'events')
    for (const { key, values } of sums.series) sumOf.set(JSON.stringify(key), numeric(values));
  const series = main.series.length > 0 || labels.length > 0 ? main.series : [{ key: [], counts: [] }];
  return series.flatMap(({ key, counts }) => {
    const buckets = main.buckets.map((bucket, index) => ({ ...bucket, count: Number(counts[index]?.[0] ?? 0) }));
    const sum = spec.sum === undefined ? null : (sumOf.get(JSON.stringify(key)) ?? 0);
    return histogramSamples(labelled(labels, key), buckets, shape, sum);
  });
}

/** A metric without labels that counted nothing yet is 0, not absent. */
function orZero(samples: Sample[], labels: readonly string[]): Sample[] {
  return samples.length === 0 && labels.length === 0 ? [{ labels: [], value: 0 }] : samples;
}

const numeric = (values: NumberOutput['series'][number]['values']): number => Number(values.at(-1) ?? 0);

function labelled(names: readonly string[], key: Key): (readonly [string, string])[] {
  return key.map((part, index) => {
    const name = (names[index] ?? `key${index}`).replace(/[^a-zA-Z0-9_]/g, '_');
    return [name, Array.isArray(part) ? part.join(';') : String(part)] as const;
  });
}

/** What each run costs and loses: only runs with names, so that the number of series stays bounded. */
function runFamilies(runs: readonly RunInfo[]): Family[] {
  const named = runs.filter((run) => run.metric !== null);
  const measured = named.filter((run) => run.cost.nanoseconds !== null);
  const labels = (run: RunInfo): Sample['labels'] => [['metric', run.metric ?? '']];
  const counter = (name: string, help: string, samples: Sample[]): Family => ({ name, help, type: 'counter', samples });
  const lost = named.flatMap((run) =>
    Object.entries(run.lost ?? {}).map(([what, value]) => ({
      labels: [...labels(run), ['what', what] as const],
      value,
    })),
  );
  return [
    counter(
      'bpfscope_run_cpu_seconds_total',
      'CPU time in the BPF programs of a metric (with --run-stats).',
      measured.map((run) => ({ labels: labels(run), value: Number(run.cost.nanoseconds) / 1e9 })),
    ),
    counter(
      'bpfscope_run_events_total',
      'Runs of the BPF programs of a metric (with --run-stats).',
      measured.map((run) => ({ labels: labels(run), value: Number(run.cost.runs) })),
    ),
    counter('bpfscope_run_lost_total', 'What a metric lost: events, map updates, program runs, stacks.', lost),
  ];
}
