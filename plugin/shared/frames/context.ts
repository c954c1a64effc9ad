/** What every frame builder gets. */
import type { Answer, HistogramOutput, NumberOutput } from '@bpfscope/agent/protocol';
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
  name: string,
  type: FrameType | null,
  fields: Field[],
  custom: NonNullable<Frame['meta']>['custom'] = {},
): Frame => ({
  name,
  refId: context.refId,
  meta: {
    ...(type === null ? {} : { type, typeVersion: [0, 1] as [number, number] }),
    custom: { output: name, ...custom },
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
