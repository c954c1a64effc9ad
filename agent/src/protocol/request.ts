/** What clients send. Exactly one of `query` (bpftrace source) and `metric` (a catalog name). */
import { Type, type Static } from 'typebox';

const subject = {
  query: Type.Optional(Type.String()),
  metric: Type.Optional(Type.String()),
  /** Positional parameters $1.. */
  params: Type.Optional(Type.Array(Type.String(), { maxItems: 64 })),
};

export const QueryRequest = Type.Object({
  ...subject,
  /** Unix milliseconds, half-open (from, to]. */
  from: Type.Number(),
  to: Type.Number(),
  /** Milliseconds wanted between points; the agent rounds up to a multiple of its own step. */
  step: Type.Optional(Type.Number({ minimum: 100 })),
  /** Seconds the run lives on unasked; default 300. */
  lease: Type.Optional(Type.Number({ minimum: 1, maximum: 86400 })),
  /** Milliseconds to wait for the first sample of a run that this request started; default 0. A range that ends now then reaches to that sample. */
  wait: Type.Optional(Type.Number({ minimum: 0, maximum: 10000 })),
});
export type QueryRequest = Static<typeof QueryRequest>;

export const CheckRequest = Type.Object(subject);
export type CheckRequest = Static<typeof CheckRequest>;

export const DiagnosticMessage = Type.Object({
  code: Type.String(),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('info')]),
  /** UTF-16 offsets, half-open. */
  start: Type.Number(),
  end: Type.Number(),
  /** 1-based line and column of start and end (end exclusive). */
  line: Type.Number(),
  column: Type.Number(),
  endLine: Type.Number(),
  endColumn: Type.Number(),
  message: Type.String(),
  hint: Type.Optional(Type.String()),
  /** An included or imported file that the place is in; absent: the query's own text. */
  file: Type.Optional(Type.String()),
});
export type DiagnosticMessage = Static<typeof DiagnosticMessage>;

export const CostClass = Type.Union([
  Type.Literal('negligible'),
  Type.Literal('measurable'),
  Type.Literal('significant'),
  Type.Literal('expensive'),
  Type.Literal('extreme'),
]);
export type CostClass = Static<typeof CostClass>;

export const CheckAnswer = Type.Object({
  ok: Type.Boolean(),
  diagnostics: Type.Array(DiagnosticMessage),
  /** Attach points after expansion (first 100) and how many there are. */
  probes: Type.Array(Type.String()),
  probeCount: Type.Number(),
  cost: Type.Union([CostClass, Type.Null()]),
  outputs: Type.Array(Type.Object({ name: Type.String(), kind: Type.String() })),
});
export type CheckAnswer = Static<typeof CheckAnswer>;
