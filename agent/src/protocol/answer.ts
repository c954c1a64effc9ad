/** The answer to a query: aligned steps, exact differences, gaps as null. Times are Unix milliseconds at the END of each step. */
import { Type, type Static } from 'typebox';
import { Notice, RunInfo, Loss } from './run.ts';

/** A number; integers that a double cannot hold exactly come as decimal strings. null: the step was not collected. */
export const Value = Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]);
export type Value = Static<typeof Value>;

export const KeyColumn = Type.Object({
  /** From the query's expression: `comm`, `args.id` becomes `id`; else `key0`, `key1`. */
  name: Type.String(),
  type: Type.Union([Type.Literal('number'), Type.Literal('string'), Type.Literal('boolean'), Type.Literal('stack')]),
});
export type KeyColumn = Static<typeof KeyColumn>;

/** Stack keys are frames, root first; other keys are plain values. */
export const Key = Type.Array(Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Array(Type.String())]));
export type Key = Static<typeof Key>;

const output = {
  /** The map's name with its `@`, or the event's name (`printf`, `printf1`, ...). */
  name: Type.String(),
  /** Grafana unit id of the values or bucket bounds (`ns`, `decbytes`, `short`), null when unknown. */
  unit: Type.Union([Type.String(), Type.Null()]),
  keys: Type.Array(KeyColumn),
  times: Type.Array(Type.Number()),
};

/** [lower, upper); null lower: everything below; null upper: everything above. Ascending, contiguous. */
export const Bucket = Type.Object({
  lower: Type.Union([Type.Number(), Type.Null()]),
  upper: Type.Union([Type.Number(), Type.Null()]),
});
export type Bucket = Static<typeof Bucket>;

/** hist, lhist: what was counted in each step. counts[bucket][step]. All series of an output share the buckets. */
export const HistogramOutput = Type.Object({
  ...output,
  kind: Type.Literal('histogram'),
  buckets: Type.Array(Bucket),
  series: Type.Array(
    Type.Object({ key: Key, counts: Type.Array(Type.Array(Type.Union([Type.Number(), Type.Null()]))) }),
  ),
});
export type HistogramOutput = Static<typeof HistogramOutput>;

/**
 * kind: counter (count, sum: the step's increase), average (avg, stats: `values` is the step's total, `counts` its
 * count), minimum and maximum (the step's own), gauge (plain values: the last one).
 */
export const NumberOutput = Type.Object({
  ...output,
  kind: Type.Union([
    Type.Literal('counter'),
    Type.Literal('average'),
    Type.Literal('minimum'),
    Type.Literal('maximum'),
    Type.Literal('gauge'),
  ]),
  series: Type.Array(
    Type.Object({
      key: Key,
      values: Type.Array(Value),
      counts: Type.Optional(Type.Array(Type.Union([Type.Number(), Type.Null()]))),
    }),
  ),
});
export type NumberOutput = Static<typeof NumberOutput>;

/** printf, print(value), print of a record: rows with typed columns, oldest first. `times` is empty; each row has its time in ms. */
export const EventOutput = Type.Object({
  ...output,
  kind: Type.Literal('events'),
  columns: Type.Array(KeyColumn),
  rows: Type.Array(Type.Object({ time: Type.Number(), values: Type.Array(Value), text: Type.Optional(Type.String()) })),
});
export type EventOutput = Static<typeof EventOutput>;

export const Output = Type.Union([HistogramOutput, NumberOutput, EventOutput]);
export type Output = Static<typeof Output>;

export const Answer = Type.Object({
  run: RunInfo,
  /** Milliseconds between the times. */
  step: Type.Number(),
  outputs: Type.Array(Output),
  /** Lost within the answered time range. */
  lost: Loss,
  notices: Type.Array(Notice),
});
export type Answer = Static<typeof Answer>;
