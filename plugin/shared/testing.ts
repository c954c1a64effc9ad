/** Made-up answers for tests. */
import type { Answer, HistogramOutput, NumberOutput } from '@bpfscope/agent/protocol';
import type { Context } from './frames/context.ts';
import { DEFAULT_QUERY, type BpfQuery } from './query.ts';

export const answerOf = (outputs: Answer['outputs'], more: Partial<Answer> = {}): Answer => ({
  run: {
    id: 'r1',
    hash: 'h',
    query: 'BEGIN { @ = count(); }',
    metric: null,
    state: 'running',
    startedAt: 0,
    leaseUntil: null,
    probes: ['begin'],
    programs: 1,
    cost: { runs: null, nanoseconds: null, compileMs: 1, loadMs: 1, attachMs: 1 },
  },
  step: 1000,
  outputs,
  lost: { events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 },
  notices: [],
  ...more,
});

const times = (count: number): number[] => Array.from({ length: count }, (_, index) => (index + 1) * 1000);

/** Buckets [0,1), [1,2), [2,4), ...; counts[bucket][step] of each series. */
export const histogram = (
  series: readonly { key?: string[]; counts: (number | null)[][] }[],
  more: Partial<HistogramOutput> = {},
): HistogramOutput => ({
  kind: 'histogram',
  name: '@',
  unit: 'µs',
  keys: (series[0]?.key ?? []).map((_, index) => ({ name: `key${index}`, type: 'string' })),
  times: times(series[0]?.counts[0]?.length ?? 0),
  buckets: (series[0]?.counts ?? []).map((_, index) => ({
    lower: index === 0 ? 0 : 2 ** (index - 1),
    upper: 2 ** index,
  })),
  series: series.map(({ key = [], counts }) => ({ key, counts })),
  ...more,
});

export const numbers = (
  kind: NumberOutput['kind'],
  series: NumberOutput['series'],
  more: Partial<NumberOutput> = {},
): NumberOutput => ({
  kind,
  name: '@',
  unit: 'short',
  keys: (series[0]?.key ?? []).map((part, index) => ({
    name: `key${index}`,
    type: Array.isArray(part) ? 'stack' : 'string',
  })),
  times: times(series[0]?.values.length ?? 0),
  series,
  ...more,
});

export const contextOf = (answer: Answer, query: Partial<BpfQuery> = {}): Context & { notices: string[] } => {
  const notices: string[] = [];
  return {
    answer,
    query: { ...DEFAULT_QUERY, ...query },
    refId: 'A',
    several: false,
    unlimited: false,
    notices,
    notice: (_severity, text) => void notices.push(text),
  };
};
