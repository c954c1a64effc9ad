/** A run: a query that is attached. */
import { Type, type Static } from 'typebox';

export const Notice = Type.Object({
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
  code: Type.String(),
  text: Type.String(),
});
export type Notice = Static<typeof Notice>;

export const Loss = Type.Object({
  /** Events that found the ring buffer full. */
  events: Type.Number(),
  /** Updates refused because a map was full. */
  mapUpdates: Type.Number(),
  /** Runs the kernel skipped (recursion) by the programs' recursion_misses. */
  missedRuns: Type.Number(),
  /** Stacks not stored (collision, out of memory). */
  stacks: Type.Number(),
});
export type Loss = Static<typeof Loss>;

export const Cost = Type.Object({
  /** Program runs and nanoseconds in them since they were loaded; null without --run-stats. */
  runs: Type.Union([Type.Number(), Type.Null()]),
  nanoseconds: Type.Union([Type.Number(), Type.Null()]),
  compileMs: Type.Number(),
  loadMs: Type.Number(),
  attachMs: Type.Number(),
});
export type Cost = Static<typeof Cost>;

export const RunInfo = Type.Object({
  id: Type.String(),
  /** SHA-256 of the normalised text and its parameters, hex. */
  hash: Type.String(),
  query: Type.String(),
  metric: Type.Union([Type.String(), Type.Null()]),
  state: Type.Union([Type.Literal('running'), Type.Literal('ended'), Type.Literal('failed')]),
  /** Unix milliseconds: when collection began. */
  startedAt: Type.Number(),
  /** Unix milliseconds; null: never expires. */
  leaseUntil: Type.Union([Type.Number(), Type.Null()]),
  probes: Type.Array(Type.String()),
  programs: Type.Number(),
  cost: Cost,
  /** Lost since attach; absent where nothing can get lost. */
  lost: Type.Optional(Loss),
});
export type RunInfo = Static<typeof RunInfo>;
