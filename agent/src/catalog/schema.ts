/** What a metric's YAML file says. Loaded once at start; a file that does not fit stops the agent with its name. */
import { Type, type Static } from 'typebox';
import { CostClass } from '../protocol/index.ts';

const closed = { additionalProperties: false } as const;

/** How a raw key becomes what a person reads; rows of `decoders.ts`. `symbol:CATEGORY:EVENT:FIELD` takes the kernel's own names. */
const Label = Type.Union([Type.String(), Type.Object({ name: Type.String(), decode: Type.String() }, closed)]);

/** bpftrace source; the first variant that the host can run is used. Tracepoints named in the text are required of themselves. */
const QueryVariant = Type.Object(
  {
    /** Target features (`btf`, `kprobe_multi`), probes (`tracepoint:block:block_rq_issue`), fields (`field:skb:kfree_skb:reason`), members of kernel structs (`member:task_struct:__state`). */
    requires: Type.Optional(Type.Array(Type.String())),
    query: Type.String(),
  },
  closed,
);

/** Numbers that the kernel already counts: every line of `file` that matches gives one series. */
const CounterVariant = Type.Object(
  {
    file: Type.String(),
    /** The group `value` is the number; other groups are labels by name. */
    pattern: Type.String(),
    as: Type.Union([Type.Literal('counter'), Type.Literal('gauge')]),
    /** The file's number times this is in the metric's unit; default 1. */
    scale: Type.Optional(Type.Number()),
  },
  closed,
);

/** How an always-on metric appears at /metrics, in base units. */
const Export = Type.Object(
  {
    /** Without the `bpfscope_` prefix: `run_queue_latency_seconds`. */
    name: Type.String({ pattern: '^[a-z][a-z0-9_]*$' }),
    /** Base units per unit of the query. */
    scale: Type.Number(),
    /** The map with the plain sum of what the histogram counts: `_sum`. */
    sum: Type.Optional(Type.String()),
    /** Histograms of powers of two: the exponents of the first and last finite `le`, in the query's unit. */
    exponents: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
  },
  closed,
);

export const MetricFile = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9]+([.-][a-z0-9]+)*$' }),
    title: Type.String(),
    description: Type.String(),
    group: Type.Union(
      [
        'CPU',
        'Memory',
        'Disk',
        'File systems',
        'Network',
        'Processes',
        'System calls',
        'Kernel',
        'Security',
        'Virtual machines',
      ].map((name) => Type.Literal(name)),
    ),
    unit: Type.String(),
    kind: Type.Union(
      ['histogram', 'counter', 'gauge', 'average', 'events', 'stacks'].map((name) => Type.Literal(name)),
    ),
    cost: CostClass,
    labels: Type.Optional(Type.Array(Label)),
    aliases: Type.Optional(Type.Array(Type.String())),
    alwaysOn: Type.Optional(Type.Boolean()),
    /** The maps (or `printf`, `print`) that are the metric; others are working storage. */
    outputs: Type.Optional(Type.Array(Type.String())),
    /** `$1` of the query is the agent's own process id, so that it does not watch itself. */
    excludeAgent: Type.Optional(Type.Boolean()),
    export: Type.Optional(Export),
    variants: Type.Array(Type.Union([QueryVariant, CounterVariant]), { minItems: 1 }),
  },
  closed,
);
export type MetricFile = Static<typeof MetricFile>;
export type QueryVariant = Static<typeof QueryVariant>;
export type CounterVariant = Static<typeof CounterVariant>;
export type ExportSpec = Static<typeof Export>;
