/** `timeseries-multi`: one frame per series, labels from the key columns, unique name and labels. */
import type { HistogramOutput, NumberOutput } from '@bpfscope/agent/protocol';
import type { Frame } from '../frame.ts';
import { atStep, quantile, sum, totals } from '../histogram.ts';
import { points, weight } from '../numbers.ts';
import { displayName, labelsOf, largest } from '../series.ts';
import { rateOf } from '../unit.ts';
import { frame, noteLimit, shownName, timeField, type Context, type SeriesOutput } from './context.ts';

interface Line {
  labels: Record<string, string>;
  unit: string | null;
  values: (number | null)[];
}

const lineFrame = (output: SeriesOutput, line: Line, context: Context): Frame => {
  const { labels, unit, values } = line;
  const name = shownName(output, context);
  const display = displayName(name, labels, context.query.legend, context.several);
  const value = {
    name,
    type: 'number' as const,
    labels,
    config: { displayNameFromDS: display, ...(unit === null ? {} : { unit }) },
    values,
  };
  return frame(context, output, 'timeseries-multi', [timeField(output.times, context.answer.step), value]);
};

function numberLines(output: NumberOutput, context: Context): Line[] {
  const { query, answer } = context;
  const unit = output.kind === 'counter' && query.counters === 'rate' ? rateOf(output.unit).unit : output.unit;
  const limit = context.unlimited ? output.series.length : query.limit;
  const shown = largest(output.series, limit, (series) => weight(output.kind, series));
  noteLimit(context, shown.length, output.series.length, `series of ${output.name}`);
  return shown.map((series) => ({
    labels: labelsOf(output.keys, series.key),
    unit,
    values: points(output, series, answer.step, query.counters),
  }));
}

/** Each quantile of each key is a line; a step without events has no quantile. */
function quantileLines(output: HistogramOutput, context: Context): Line[] {
  const { query } = context;
  const limit = context.unlimited ? output.series.length : query.limit;
  const shown = largest(output.series, limit, (series) => sum(totals(series.counts) ?? []));
  noteLimit(context, shown.length, output.series.length, `histograms of ${output.name}`);
  return shown.flatMap((series) => {
    const steps = output.times.map((_, step) => atStep(series.counts, step));
    return query.quantiles.map((q) => ({
      labels: { ...labelsOf(output.keys, series.key), quantile: String(q) },
      unit: output.unit,
      values: steps.map((counts) => (counts === null ? null : quantile(output.buckets, counts, q))),
    }));
  });
}

export function timeSeriesFrames(output: SeriesOutput, context: Context): Frame[] {
  const lines = output.kind === 'histogram' ? quantileLines(output, context) : numberLines(output, context);
  // A typed frame without fields is Grafana's "no data".
  if (lines.length === 0) return [frame(context, output, 'timeseries-multi', [])];
  return lines.map((line) => lineFrame(output, line, context));
}
