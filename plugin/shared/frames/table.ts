/**
 * `table`: one row per key with its totals over the range (maps with the same keys side by side), per bucket for
 * histograms, per event for events.
 */
import type { EventOutput, HistogramOutput, KeyColumn, NumberOutput, Output, Value } from '@bpfscope/agent/protocol';
import type { Field, FieldValue, Frame } from '../frame.ts';
import { totals } from '../histogram.ts';
import { exactTotal, weight, type NumberSeries } from '../numbers.ts';
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

/** Tables show whole numbers whole: `short` would round 89,512 to 89.5 K. */
const tableUnit = (unit: string | null): string =>
  unit === null || unit === 'short' || unit === 'none' ? 'locale' : unit;

interface Row {
  key: NumberSeries['key'];
  /** One per output; absent where the output has no such key. */
  series: (NumberSeries | undefined)[];
  weight: number;
}

/** One row per key that any output has; outputs of one group have the same key columns. */
function joinedRows(outputs: readonly NumberOutput[]): Row[] {
  const rows = new Map<string, Row>();
  for (const [index, output] of outputs.entries()) {
    const weights = output.series.map((series) => weight(output.kind, series));
    const whole = weights.reduce((sum, one) => sum + one, 0) || 1;
    for (const [position, series] of output.series.entries()) {
      const id = JSON.stringify(series.key);
      const row = rows.get(id) ?? { key: series.key, series: [], weight: 0 };
      row.series[index] = series;
      // Shares, so that bytes do not outweigh calls.
      row.weight += (weights[position] ?? 0) / whole;
      rows.set(id, row);
    }
  }
  return [...rows.values()];
}

/** Outputs with the same key columns side by side, largest first. */
function numberTable(outputs: readonly NumberOutput[], context: Context): Field[] {
  const all = joinedRows(outputs);
  const rows = largest(all, context.unlimited ? all.length : context.query.limit, (row) => row.weight);
  noteLimit(context, rows.length, all.length, `rows of ${outputs.map(({ name }) => name).join(', ')}`);
  const values = outputs.map((output, index) => {
    const totals = rows.map(({ series }) => {
      const one = series[index];
      return one === undefined ? null : exactTotal(output.kind, one);
    });
    return { ...column(shownName(output, context), 'number', totals), config: { unit: tableUnit(output.unit) } };
  });
  return [...keyFields(outputs[0]?.keys ?? [], rows), ...values];
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
    { name: 'count', type: 'number', config: { unit: 'locale' }, values: counted.map(({ count }) => count) },
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

const isNumber = (output: Output): output is NumberOutput => output.kind !== 'histogram' && output.kind !== 'events';

/** Numbers by their key columns, everything else by itself; in the order of the query. */
function grouped(outputs: readonly Output[]): Output[][] {
  const groups = new Map<string, Output[]>();
  for (const output of outputs) {
    const id = isNumber(output) ? JSON.stringify(output.keys) : `alone ${output.name}`;
    groups.set(id, [...(groups.get(id) ?? []), output]);
  }
  return [...groups.values()];
}

function fieldsOf(group: readonly Output[], context: Context): Field[] {
  const [first] = group;
  if (first?.kind === 'events') return eventTable(first);
  if (first?.kind === 'histogram') return histogramTable(first);
  return numberTable(group.filter(isNumber), context);
}

export function tableFrames(outputs: readonly Output[], context: Context): Frame[] {
  return grouped(outputs).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const table = frame(context, first, 'table', fieldsOf(group, context));
    table.name = group.map((output) => shownName(output, context)).join(', ');
    if (table.meta) table.meta.preferredVisualisationType = 'table';
    return [table];
  });
}
