/**
 * The one mapping from an agent's answer to Grafana's frames. Pure: the browser and the backend get the same frames from
 * the same answer.
 */
import type { Answer, Loss, Output } from '@bpfscope/agent/protocol';
import type { Frame, FrameNotice } from './frame.ts';
import type { Context } from './frames/context.ts';
import { flameGraphFrames, hasStack } from './frames/flame-graph.ts';
import { heatmapFrames } from './frames/heatmap.ts';
import { numberFrames } from './frames/number.ts';
import { tableFrames } from './frames/table.ts';
import { timeSeriesFrames } from './frames/time-series.ts';
import type { BpfQuery, Format } from './query.ts';

export interface MapOptions {
  refId: string;
  /** The caller is an alert or recording rule: one number per series, every series. */
  alert?: boolean;
}

export interface Mapped {
  frames: Frame[];
  /** The user's mistake in one sentence, when no output fits what was asked. */
  problem?: string;
}

type Shape = Exclude<Format, 'auto'>;
/** null: this output cannot be shown so. */
type Builder = (output: Output, context: Context) => Frame[] | null;

/** Tables are built together, since maps with the same keys share one. */
const BUILDERS: Readonly<Record<Exclude<Shape, 'table'>, Builder>> = {
  heatmap: (output, context) => (output.kind === 'histogram' ? heatmapFrames(output, context) : null),
  timeseries: (output, context) => (output.kind === 'events' ? null : timeSeriesFrames(output, context)),
  flamegraph: (output, context) =>
    output.kind !== 'histogram' && output.kind !== 'events' && hasStack(output)
      ? flameGraphFrames(output, context)
      : null,
  number: numberFrames,
};

/** What a query has to contain for a format, said when none of its outputs fits. */
const NEEDS: Readonly<Partial<Record<Shape, string>>> = {
  heatmap: 'a heatmap needs a histogram: hist() or lhist()',
  timeseries: 'a time series needs a map; events are shown as a table',
  flamegraph: 'a flame graph needs a map keyed by kstack or ustack',
};

function naturalShape(output: Output): Shape {
  if (output.kind === 'histogram') return 'heatmap';
  if (output.kind === 'events') return 'table';
  return hasStack(output) ? 'flamegraph' : 'timeseries';
}

/** Rules get one number per series, unless time series were asked for on purpose (for a Reduce expression of the rule's own). */
function shapeFor(output: Output, query: BpfQuery, alert: boolean): Shape {
  if (alert) {
    const series = query.reducer === 'none' || (query.format === 'timeseries' && query.reducer === 'auto');
    return series && output.kind !== 'events' ? 'timeseries' : 'number';
  }
  return query.format === 'auto' ? naturalShape(output) : query.format;
}

/** Each kind of loss: the agent's code for it and our sentence. */
const LOST: readonly { kind: keyof Loss; code: string; text: string }[] = [
  { kind: 'events', code: 'events-lost', text: 'events were lost: the ring buffer was full' },
  { kind: 'mapUpdates', code: 'map-full', text: 'map updates were refused: the map was full' },
  { kind: 'missedRuns', code: 'runs-missed', text: 'probe hits were skipped by the kernel' },
  { kind: 'stacks', code: 'stacks-lost', text: 'stacks were not stored' },
];

/** What was lost is said on the panel, each kind with its number. */
export function lossNotices(lost: Loss): FrameNotice[] {
  return LOST.filter(({ kind }) => lost[kind] > 0).map(({ kind, text }) => ({
    severity: 'warning',
    text: `${lost[kind].toLocaleString('en-US')} ${text}. What is shown misses them.`,
  }));
}

/** The agent's notices; those about loss in our words, which say it for people who look at a panel. */
function noticesOf({ notices, lost }: Answer): FrameNotice[] {
  const ours = new Set(LOST.filter(({ kind }) => lost[kind] > 0).map(({ code }) => code));
  const theirs = notices.filter(({ code }) => !ours.has(code)).map(({ severity, text }) => ({ severity, text }));
  return [...theirs, ...lossNotices(lost)];
}

const listed = (names: readonly string[]): string => names.join(', ');

export function mapAnswer(answer: Answer, query: BpfQuery, options: MapOptions): Mapped {
  const chosen = query.output === '' ? answer.outputs : answer.outputs.filter(({ name }) => name === query.output);
  if (query.output !== '' && chosen.length === 0 && answer.outputs.length > 0) {
    const names = listed(answer.outputs.map(({ name }) => name));
    return { frames: [], problem: `The query has no output ${query.output}. It has: ${names}.` };
  }
  const notices = noticesOf(answer);
  const alert = options.alert ?? false;
  const context: Context = {
    answer,
    query,
    refId: options.refId,
    several: chosen.length > 1,
    unlimited: alert,
    notice(severity, text) {
      if (!notices.some((notice) => notice.text === text)) notices.push({ severity, text });
    },
  };
  const frames: Frame[] = [];
  const unfit: string[] = [];
  let shape: Shape | undefined;
  const tables: Output[] = [];
  for (const output of chosen) {
    const wanted = shapeFor(output, query, alert);
    if (wanted === 'table') {
      tables.push(output);
      continue;
    }
    const built = BUILDERS[wanted](output, context);
    if (built) frames.push(...built);
    else {
      unfit.push(`${output.name} (${output.kind})`);
      shape = wanted;
    }
  }
  frames.push(...tableFrames(tables, context));
  if (frames.length === 0 && shape !== undefined) {
    return {
      frames: [],
      problem: `The query's output is ${listed(unfit)}; ${NEEDS[shape] ?? 'choose another format'}.`,
    };
  }
  if (unfit.length > 0 && shape !== undefined)
    context.notice('info', `Not shown: ${listed(unfit)}; ${NEEDS[shape] ?? ''}.`);
  if (frames.length === 0) {
    // Something has to carry the notices and the executed query.
    frames.push({ refId: options.refId, meta: {}, fields: [] });
    if (notices.length === 0) notices.push({ severity: 'info', text: 'The query has no output yet.' });
  }
  describe(frames[0], answer, notices);
  return { frames };
}

/** Query-wide facts go on the first frame only: Grafana shows each frame's. */
function describe(first: Frame | undefined, answer: Answer, notices: FrameNotice[]): void {
  if (!first) return;
  const { id, hash, startedAt, state, cost, query, probes } = answer.run;
  first.meta = {
    ...first.meta,
    executedQueryString: query,
    stats: [
      { displayName: 'Attached probes', value: probes.length },
      { displayName: 'Compile', value: cost.compileMs, unit: 'ms' },
      { displayName: 'Load', value: cost.loadMs, unit: 'ms' },
      { displayName: 'Attach', value: cost.attachMs, unit: 'ms' },
      ...(cost.runs === null ? [] : [{ displayName: 'Program runs', value: cost.runs, unit: 'short' }]),
      ...(cost.nanoseconds === null
        ? []
        : [{ displayName: 'Time in the kernel programs', value: cost.nanoseconds, unit: 'ns' }]),
    ],
    custom: { ...first.meta?.custom, run: { id, hash, startedAt, state }, lost: answer.lost },
  };
  if (notices.length > 0) first.meta.notices = notices;
}
