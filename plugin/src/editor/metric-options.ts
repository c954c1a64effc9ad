/** Metrics as entries of a searchable list. */
import type { Metric } from '@bpfscope/agent/protocol';

export interface MetricOption {
  value: string;
  label: string;
  description: string;
  group: string;
}

/**
 * Grouped by subsystem, available ones first. The list is searched by label and value only, so the label carries the
 * name that people from other tools type (`runqlat`, `biolatency`).
 */
export function metricOptions(metrics: readonly Metric[]): MetricOption[] {
  return [...metrics]
    .sort(
      (a, b) =>
        a.group.localeCompare(b.group) ||
        Number(a.unavailable !== null) - Number(b.unavailable !== null) ||
        a.title.localeCompare(b.title),
    )
    .map((metric) => ({
      value: metric.name,
      label: [metric.title, toolName(metric)].filter((part) => part !== '').join(' · '),
      description: describe(metric),
      group: metric.group,
    }));
}

/** The first alias that is a plain tool name; dotted and underscored ones are metric names of other systems. */
function toolName(metric: Metric): string {
  return metric.aliases.find((alias) => /^[a-z0-9-]+$/.test(alias)) ?? '';
}

function describe(metric: Metric): string {
  const reason = metric.unavailable === null ? '' : `Not here: ${metric.unavailable} `;
  const unit = metric.unit === '' ? '' : `, ${metric.unit}`;
  // The list is one line a metric; the rest is read when it is picked.
  const sentence = /^.*?\.(?=\s|$)/s.exec(metric.description)?.[0] ?? metric.description;
  return `${reason}${sentence} (${metric.kind}${unit}; cost ${metric.cost})`;
}
