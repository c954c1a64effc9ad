/** `numeric-multi`: one value per series, in its own frame: what alert rules compare without a Reduce expression. */
import type { Output } from '@bpfscope/agent/protocol';
import type { Frame } from '../frame.ts';
import type { BpfQuery } from '../query.ts';
import { reduceHistogram, reduceNumbers } from '../reduce.ts';
import { weight } from '../numbers.ts';
import { displayName, labelsOf, largest } from '../series.ts';
import { rateOf } from '../unit.ts';
import { frame, noteLimit, shownName, type Context } from './context.ts';

interface Single {
  labels: Record<string, string>;
  unit: string | null;
  value: number | null;
}

const COUNTS: readonly BpfQuery['reducer'][] = ['count', 'above'];

function singles(output: Output, context: Context): Single[] {
  const { query, answer } = context;
  if (output.kind === 'events') return [{ labels: {}, unit: 'short', value: output.rows.length }];
  if (output.kind === 'histogram') {
    const counting = COUNTS.includes(query.reducer) || query.reducer === 'sum';
    return output.series.map((series) => {
      const { value, inexact } = reduceHistogram(output, series.counts, query);
      if (inexact !== undefined) context.notice('warning', inexact);
      return { labels: labelsOf(output.keys, series.key), unit: counting ? 'short' : output.unit, value };
    });
  }
  const rate = output.kind === 'counter' && query.counters === 'rate' && query.reducer !== 'sum';
  const unit = COUNTS.includes(query.reducer) ? 'short' : rate ? rateOf(output.unit).unit : output.unit;
  const limit = context.unlimited ? output.series.length : query.limit;
  const shown = largest(output.series, limit, (series) => weight(output.kind, series));
  noteLimit(context, shown.length, output.series.length, `series of ${output.name}`);
  return shown.map((series) => ({
    labels: labelsOf(output.keys, series.key),
    unit,
    value: reduceNumbers(output, series, answer.step, query),
  }));
}

export function numberFrames(output: Output, context: Context): Frame[] {
  const all = singles(output, context);
  const name = shownName(output, context);
  if (all.length === 0) return [frame(context, output, 'numeric-multi', [])];
  return all.map(({ labels, unit, value }) =>
    frame(context, output, 'numeric-multi', [
      {
        name,
        type: 'number',
        labels,
        config: {
          displayNameFromDS: displayName(name, labels, context.query.legend, context.several),
          ...(unit === null ? {} : { unit }),
        },
        values: [value],
      },
    ]),
  );
}
