/**
 * Data frames as plain data: what @grafana/data's `toDataFrame` takes and what the backend writes as Arrow. Every value
 * array of a frame has the same length. Times are Unix milliseconds.
 */
export type FieldType = 'time' | 'number' | 'string' | 'boolean';
export type FieldValue = number | string | boolean | null;

export interface FieldConfig {
  unit?: string;
  displayName?: string;
  /** What Grafana shows as the field's name unless the panel overrides it. */
  displayNameFromDS?: string;
  description?: string;
  decimals?: number;
  /** Milliseconds between points: Grafana breaks the line at a larger distance. */
  interval?: number;
  custom?: Record<string, unknown>;
}

export interface Field {
  name: string;
  type: FieldType;
  labels?: Record<string, string>;
  config?: FieldConfig;
  values: FieldValue[];
}

/** The data plane types of Grafana that this plugin sends. */
export type FrameType = 'heatmap-rows' | 'timeseries-multi' | 'numeric-multi' | 'table';

/** Without `inspect`: the browser writes it as text, Grafana's server reads a number, and would refuse the whole answer. */
export interface FrameNotice {
  severity: 'info' | 'warning' | 'error';
  text: string;
}

export interface FrameStat {
  displayName: string;
  value: number;
  unit?: string;
}

export interface FrameMeta {
  type?: FrameType;
  typeVersion?: [number, number];
  notices?: FrameNotice[];
  executedQueryString?: string;
  preferredVisualisationType?: 'graph' | 'table' | 'flamegraph';
  preferredVisualisationPluginId?: string;
  stats?: FrameStat[];
  channel?: string;
  custom?: FrameCustomMeta;
}

/** Survives Grafana's own re-serialisation, which drops unknown keys elsewhere. */
export interface FrameCustomMeta {
  /** Name of the agent's output that the frame shows: `@`, `@usecs`, `printf`. */
  output?: string;
  /** heatmap-rows: bounds of each row as the agent gave them, `[lower, upper)`, and their unit. */
  buckets?: { lower: number | null; upper: number | null }[];
  bucketUnit?: string | null;
  /** The run that answered, for the editor's cost and loss line. */
  run?: { id: string; hash: string; startedAt: number; state: string };
  lost?: { events: number; mapUpdates: number; missedRuns: number; stacks: number };
}

export interface Frame {
  name?: string;
  refId?: string;
  meta?: FrameMeta;
  fields: Field[];
}
