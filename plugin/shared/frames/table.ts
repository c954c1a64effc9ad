/** `table`: one row per key with its total over the range, per bucket for histograms, per event for events. */
import type { EventOutput, HistogramOutput, KeyColumn, NumberOutput, Output, Value } from '@bpfscope/agent/protocol';
import type { Field, FieldValue, Frame } from '../frame.ts';
import { totals } from '../histogram.ts';
import { exactTotal, weight } from '../numbers.ts';
import { columnNames, keyText, largest } from '../series.ts';
import { frame, noteLimit, shownName, type Context } from './context.ts';

/** A column stays numeric only if every value fits a double exactly; text keeps the digits of 64-bit ids. */
function column(name: string, type: KeyColumn['type'], values: FieldValue[]): Field {
  const is = (wanted: 'number' | 'boolean'): boolean =>
    type === wanted && values.every((value) => value === null || typeof value === wanted);
  if (is('number')) return { name, type: 'number', values };
  if (is('boolean')) return { name, type: 'boolean', values };
  return { name, type: 'string', values: values.map((value) => (value === null ? null : String(value))) };
}

const keyFields = (
  keys: readonly KeyColumn[],
  rows: readonly { key: NumberOutput['series'][number]['key'] }[],
): Field[] =>
  columnNames(keys).map((name, index) => {
    const { type } = keys[index] ?? { type: 'string' as const };
    const values = rows.map(({ key }): FieldValue => {
      const part = key[index];
      return part === undefined ? null : Array.isArray(part) ? keyText(part) : part;
    });
    return column(name, type, values);
  });

function numberTable(output: NumberOutput, context: Context): Field[] {
  const limit = context.unlimited ? output.series.length : context.query.limit;
  const rows = largest(output.series, limit, (series) => weight(output.kind, series));
  noteLimit(context, rows.length, output.series.length, `rows of ${output.name}`);
  const values = rows.map((series) => exactTotal(output.kind, series));
  const value = column(shownName(output, context), 'number', values);
  if (output.unit !== null) value.config = { unit: output.unit };
  return [...keyFields(output.keys, rows), value];
}

/** One row per key and bucket that counted something. */
function histogramTable(output: HistogramOutput): Field[] {
  const rows = output.series.flatMap(({ key, counts }) =>
    (totals(counts) ?? []).map((count, index) => ({
      key,
      count,
      ...(output.buckets[index] ?? { lower: null, upper: null }),
    })),
  );
  const counted = rows.filter(({ count }) => count > 0);
  const unit = output.unit === null ? {} : { config: { unit: output.unit } };
  return [
    ...keyFields(output.keys, counted),
    { name: 'from', type: 'number', ...unit, values: counted.map(({ lower }) => lower) },
    { name: 'to', type: 'number', ...unit, values: counted.map(({ upper }) => upper) },
    { name: 'count', type: 'number', values: counted.map(({ count }) => count) },
  ];
}

function eventTable(output: EventOutput): Field[] {
  const { columns, rows } = output;
  const at = (index: number): Value[] => rows.map(({ values }) => values[index] ?? null);
  const fields = columnNames(columns).map((name, index) => column(name, columns[index]?.type ?? 'string', at(index)));
  const text = rows.some((row) => row.text !== undefined);
  return [
    { name: 'Time', type: 'time', values: rows.map(({ time }) => time) },
    ...(text
      ? [
          column(
            'text',
            'string',
            rows.map((row) => row.text?.replace(/\n$/, '') ?? null),
          ),
        ]
      : []),
    ...fields,
  ];
}

export function tableFrames(output: Output, context: Context): Frame[] {
  const fields =
    output.kind === 'events'
      ? eventTable(output)
      : output.kind === 'histogram'
        ? histogramTable(output)
        : numberTable(output, context);
  const table = frame(context, output, 'table', fields);
  if (table.meta) table.meta.preferredVisualisationType = 'table';
  return [table];
}
