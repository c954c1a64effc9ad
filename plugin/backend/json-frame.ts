/** Frames as Grafana's JSON: schema beside columns of values. Used for stream packets and hosts that ask for JSON. */
import type { Field, FieldType, FieldValue, Frame } from '../shared/index.ts';

const GO_TYPES: Readonly<Record<FieldType, string>> = {
  time: 'time.Time',
  number: 'float64',
  string: 'string',
  boolean: 'bool',
};

interface Entities {
  NaN?: number[];
  Inf?: number[];
  NegInf?: number[];
}

/** JSON has no NaN and no infinities: Grafana puts their places beside the values. */
function entities(values: readonly unknown[]): Entities | null {
  const found: Entities = {};
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    const kind = Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : 'NegInf';
    (found[kind] ??= []).push(index);
  }
  return Object.keys(found).length === 0 ? null : found;
}

/** Times are whole milliseconds; what is below stands beside them in nanoseconds. */
const millisecond = (value: FieldValue): FieldValue => (typeof value === 'number' ? Math.floor(value) : value);

function nanos({ type, values }: Field): number[] | null {
  if (type !== 'time') return null;
  const below = values.map((value) => (typeof value === 'number' ? Math.round((value - Math.floor(value)) * 1e6) : 0));
  return below.some((one) => one !== 0) ? below : null;
}

export interface JsonFrame {
  schema?: object;
  data: { values: unknown[][]; entities?: (Entities | null)[]; nanos?: (number[] | null)[] };
}

export function jsonFrame(frame: Frame, part: 'all' | 'data' = 'all'): JsonFrame {
  const marks = frame.fields.map(({ values }) => entities(values));
  const below = frame.fields.map(nanos);
  const data = {
    values: frame.fields.map(({ type, values }) => (type === 'time' ? values.map(millisecond) : [...values])),
    ...(below.some((one) => one !== null) ? { nanos: below } : {}),
    ...(marks.some((mark) => mark !== null) ? { entities: marks } : {}),
  };
  if (part === 'data') return { data };
  const fields = frame.fields.map(({ name, type, labels, config }) => ({
    name,
    type,
    typeInfo: { frame: GO_TYPES[type], nullable: type !== 'time' },
    ...(labels ? { labels } : {}),
    ...(config ? { config } : {}),
  }));
  return { schema: { name: frame.name, refId: frame.refId, meta: frame.meta, fields }, data };
}
