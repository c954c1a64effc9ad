/** The catalog of shipped metrics and the host's own description. */
import { Type, type Static } from 'typebox';
import { CostClass } from './request.ts';

export const Metric = Type.Object({
  /** `runq.latency` */
  name: Type.String(),
  title: Type.String(),
  description: Type.String(),
  /** Folder in the picker: CPU, Disk, Network, ... */
  group: Type.String(),
  /** Grafana unit id. */
  unit: Type.String(),
  kind: Type.Union([
    Type.Literal('histogram'),
    Type.Literal('counter'),
    Type.Literal('gauge'),
    Type.Literal('average'),
    Type.Literal('events'),
    Type.Literal('stacks'),
  ]),
  cost: CostClass,
  aliases: Type.Array(Type.String()),
  /** Labels of its key columns, in order. */
  labels: Type.Array(Type.String()),
  alwaysOn: Type.Boolean(),
  /** The bpftrace source of the variant this host uses; null for metrics read from /proc. */
  query: Type.Union([Type.String(), Type.Null()]),
  /** null: available. Else what it needs, in one sentence. */
  unavailable: Type.Union([Type.String(), Type.Null()]),
});
export type Metric = Static<typeof Metric>;

export const Catalog = Type.Object({ metrics: Type.Array(Metric) });
export type Catalog = Static<typeof Catalog>;

const NamedType = Type.Object({ name: Type.String(), type: Type.String() });

export const ProbeMatch = Type.Object({ name: Type.String(), args: Type.Array(NamedType) });
export const ProbeSearch = Type.Object({ probes: Type.Array(ProbeMatch), total: Type.Number() });
export type ProbeSearch = Static<typeof ProbeSearch>;

/** `members`: of the only type that was asked for by its name, when it is a struct or union; else empty. */
export const TypeMatch = Type.Object({ name: Type.String(), members: Type.Array(NamedType) });
export const TypeSearch = Type.Object({ types: Type.Array(TypeMatch), total: Type.Number() });
export type TypeSearch = Static<typeof TypeSearch>;

export const Health = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  version: Type.String(),
  /** API version the client must understand: 1. */
  api: Type.Number(),
  hostname: Type.String(),
  kernel: Type.String(),
  arch: Type.String(),
  cpus: Type.Number(),
  uptimeSeconds: Type.Number(),
  runs: Type.Number(),
  /** Feature name to present or the reason why it is not. */
  features: Type.Array(
    Type.Object({ name: Type.String(), available: Type.Boolean(), reason: Type.Optional(Type.String()) }),
  ),
  /** Why queries cannot run here; empty when they can. */
  problems: Type.Array(Type.String()),
});
export type Health = Static<typeof Health>;

/** Every refusal: HTTP 4xx or 5xx with this body. Codes are listed in routes/errors.ts. */
export const ErrorAnswer = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    hint: Type.Optional(Type.String()),
    /** For code `query-invalid`: what is wrong where; the same shape as check's diagnostics. */
    diagnostics: Type.Optional(Type.Array(Type.Unknown())),
  }),
});
export type ErrorAnswer = Static<typeof ErrorAnswer>;
