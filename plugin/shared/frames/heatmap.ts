/**
 * `heatmap-rows`: time, then one number field per bucket in ascending order, counts not cumulative. The order, the bounds
 * and the unit are in the frame, so the panel needs no setting, and no bucket moves when a new one appears.
 */
import type { HistogramOutput } from '@bpfscope/agent/protocol';
import type { Frame } from '../frame.ts';
import { mergeSeries } from '../histogram.ts';
import { formatRange } from '../unit.ts';
import { frame, timeField, type Context } from './context.ts';

export function heatmapFrames(output: HistogramOutput, context: Context): Frame[] {
  const { buckets, times, unit } = output;
  const counts = mergeSeries(
    output.series.map((series) => series.counts),
    buckets.length,
    times.length,
  );
  if (output.series.length > 1) {
    context.notice(
      'info',
      `${output.name}: the histograms of ${output.series.length} keys are added up in this heatmap.`,
    );
  }
  const rows = buckets.map(({ lower, upper }, index) => ({
    // The upper bound as a bare number, which transformations and bucket scales read; people see the range.
    name: upper === null ? '+Inf' : String(upper),
    type: 'number' as const,
    config: {
      displayNameFromDS: formatRange(lower, upper, unit),
      unit: 'short',
      custom: { lower, upper },
    },
    values: counts[index] ?? [],
  }));
  const fields = rows.length === 0 ? [] : [timeField(times, context.answer.step), ...rows];
  return [frame(context, output, 'heatmap-rows', fields, { buckets, bucketUnit: unit })];
}
