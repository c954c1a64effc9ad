/** What every frame builder gets. */
import type { Answer, HistogramOutput, NumberOutput, Output } from '@bpfscope/agent/protocol';
import type { Field, Frame, FrameNotice, FrameType } from '../frame.ts';
import type { BpfQuery } from '../query.ts';

export interface Context {
  answer: Answer;
  query: BpfQuery;
  refId: string;
  /** The answer has several outputs: names of series say which. */
  several: boolean;
  /** Alert rules see every series: the limit is for eyes. */
  unlimited: boolean;
  notice(severity: FrameNotice['severity'], text: string): void;
}

/** What people call an output: a metric with one output is called as the metric, a map as in the query. */
export function shownName(output: Output, { answer, several }: Pick<Context, 'answer' | 'several'>): string {
  return several ? output.name : (answer.run.metric ?? output.name);
}

export type SeriesOutput = HistogramOutput | NumberOutput;

/** Times are the ends of steps; the interval tells Grafana where a line breaks. */
export const timeField = (times: readonly number[], step: number): Field => ({
  name: 'Time',
  type: 'time',
  config: { interval: step },
  values: [...times],
});

export const frame = (
  context: Context,
  output: Output,
  type: FrameType | null,
  fields: Field[],
  custom: NonNullable<Frame['meta']>['custom'] = {},
): Frame => ({
  name: shownName(output, context),
  refId: context.refId,
  meta: {
    ...(type === null ? {} : { type, typeVersion: [0, 1] as [number, number] }),
    custom: { output: output.name, ...custom },
  },
  fields,
});

/** Says once how many were left out, and by what rule. */
export function noteLimit(context: Context, shown: number, all: number, what: string): void {
  if (shown >= all) return;
  context.notice(
    'info',
    `${shown} of ${all} ${what} shown: those with the largest totals. Raise the limit to see more.`,
  );
}
