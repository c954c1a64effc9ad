/** The shipped metrics as this host can run them: for each, the first variant whose requirements it meets. */
import type { Metric } from '../protocol/index.ts';
import { decoderOf, type Decoder } from './decoders.ts';
import type { CounterVariant, ExportSpec, MetricFile, QueryVariant } from './schema.ts';

/** What the choice of a variant asks of a host. */
export interface HostFacts {
  /** `sched:sched_switch` */
  hasTracepoint(category: string, event: string): boolean;
  /** A field that not every kernel's record of this tracepoint has. */
  hasField(category: string, event: string, field: string): boolean;
  /** A member that not every kernel's struct has, by the kernel's type information. */
  hasMember(struct: string, member: string): boolean;
  /** Feature names of the compile target. */
  hasFeature(name: string): boolean;
  /** A feature that is missing, in words that fit after "Needs". */
  featureWords(name: string): string;
  /** A file of /proc that can be read. */
  hasFile(path: string): boolean;
}

export type MetricSource =
  | { readonly kind: 'query'; readonly query: string; readonly params: readonly string[] }
  | { readonly kind: 'counter'; readonly counter: CounterVariant };

export interface HostMetric {
  readonly metric: Metric;
  /** null: unavailable here. */
  readonly source: MetricSource | null;
  /** Names of the outputs to show; null: all. */
  readonly outputs: readonly string[] | null;
  readonly export: ExportSpec | null;
  /** One for each label. */
  readonly decoders: readonly (Decoder | null)[];
}

export class HostCatalog {
  readonly all: readonly HostMetric[];
  readonly #byName = new Map<string, HostMetric>();

  constructor(files: readonly MetricFile[], facts: HostFacts, agentPid: number = process.pid) {
    this.all = files.map((file) => resolve(file, facts, agentPid)).sort(byGroupAndTitle);
    for (const entry of this.all)
      for (const name of [entry.metric.name, ...entry.metric.aliases]) this.#byName.set(name, entry);
  }

  /** By name or by one of its aliases. */
  find(name: string): HostMetric | null {
    return this.#byName.get(name) ?? null;
  }

  /** Names near a wrong one, best first. */
  suggest(name: string): readonly string[] {
    const words = name.toLowerCase().split(/[^a-z0-9]+/);
    const score = (text: string): number => words.filter((word) => word.length > 2 && text.includes(word)).length;
    return this.all
      .map(({ metric }) => ({ name: metric.name, score: score([metric.name, ...metric.aliases].join(' ')) }))
      .filter((candidate) => candidate.score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, 3)
      .map((candidate) => candidate.name);
  }
}

function byGroupAndTitle(a: HostMetric, b: HostMetric): number {
  return a.metric.group.localeCompare(b.metric.group) || a.metric.title.localeCompare(b.metric.title);
}

function resolve(file: MetricFile, facts: HostFacts, agentPid: number): HostMetric {
  let source: MetricSource | null = null;
  let missing: string | null = null;
  for (const variant of file.variants) {
    const lack = firstMissing(variant, facts);
    if (lack === null) {
      source =
        'query' in variant
          ? { kind: 'query', query: variant.query.trim(), params: file.excludeAgent === true ? [String(agentPid)] : [] }
          : { kind: 'counter', counter: variant };
      break;
    }
    missing ??= lack;
  }
  const labels = (file.labels ?? []).map((label) => (typeof label === 'string' ? { name: label } : label));
  return {
    metric: {
      name: file.name,
      title: file.title,
      description: file.description.trim(),
      group: file.group,
      unit: file.unit,
      kind: file.kind,
      cost: file.cost,
      aliases: [...(file.aliases ?? [])],
      labels: labels.map((label) => label.name),
      alwaysOn: file.alwaysOn === true && source !== null,
      query: source?.kind === 'query' ? source.query : null,
      unavailable: source === null ? `Needs ${missing ?? 'another kernel'}.` : null,
    },
    source,
    outputs: file.outputs ?? null,
    export: file.export ?? null,
    decoders: labels.map((label) => ('decode' in label ? decoderOf(label.decode) : null)),
  };
}

/** What a variant needs and this host lacks, in words that fit after "Needs"; null: nothing. */
function firstMissing(variant: QueryVariant | CounterVariant, facts: HostFacts): string | null {
  if ('file' in variant) return facts.hasFile(variant.file) ? null : variant.file;
  for (const need of [...(variant.requires ?? []), ...tracepointsOf(variant.query)]) {
    const [kind, category = '', event = '', field = ''] = need.split(':');
    if (kind === 'field') {
      if (!facts.hasField(category, event, field))
        return `the field ${field} of the tracepoint ${category}:${event}, which this kernel lacks`;
    } else if (kind === 'tracepoint') {
      if (!facts.hasTracepoint(category, event)) return `the tracepoint ${category}:${event}, which this kernel lacks`;
    } else if (kind === 'member') {
      if (!facts.hasMember(category, event))
        return `the member ${event} of struct ${category}, which this kernel lacks`;
    } else if (!facts.hasFeature(need)) return facts.featureWords(need);
  }
  return null;
}

/** Tracepoints that a query attaches to by their full names. */
export function tracepointsOf(query: string): readonly string[] {
  return [...new Set([...query.matchAll(/\b(?:tracepoint|t):(\w+):(\w+)/g)].map((m) => `tracepoint:${m[1]}:${m[2]}`))];
}
