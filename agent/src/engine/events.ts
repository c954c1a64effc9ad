/** printf and print(value) of a run as rows: typed columns, bounded in number, oldest first. */
import type { Datum } from '../decode/datum.ts';
import type { CompiledQuery } from '../compiler/program.ts';
import type { Action } from '../language/action.ts';
import type { Type } from '../language/types.ts';
import type { EventOutput, KeyColumn, Value } from '../protocol/index.ts';
import { argumentLabels } from './label.ts';
import { columnType, datumValue } from './plain-value.ts';

interface Row {
  /** Unix milliseconds when it was read. */
  readonly time: number;
  readonly values: readonly Value[];
  readonly text: string | null;
}

export interface EventTable {
  readonly name: string;
  readonly columns: readonly KeyColumn[];
  readonly rows: Row[];
}

const MOST_ROWS = 20_000;

/** Of a row, an estimate: its object and array; what its text takes comes on top. */
const ROW_BYTES = 150;

function rowBytes({ values, text }: Row): number {
  let bytes = ROW_BYTES + 16 * values.length + (text?.length ?? 0);
  for (const value of values) if (typeof value === 'string') bytes += value.length;
  return bytes;
}

export class Events {
  readonly #tables = new Map<number, EventTable>();
  /** Rows that were pushed out by newer ones. */
  dropped = 0;
  #bytes = 0;

  constructor(query: CompiledQuery) {
    let number = 0;
    query.actions.forEach(({ action }, index) => {
      const columns = columnsOf(query.source, action);
      if (columns === null) return;
      const name = action.kind === 'print-value' ? 'print' : 'printf';
      this.#tables.set(index, { name: number === 0 ? name : `${name}${number}`, columns, rows: [] });
      number++;
    });
  }

  /** The tables that rows can come in, in the order of the query. */
  get tables(): readonly EventTable[] {
    return [...this.#tables.values()];
  }

  print(index: number, values: readonly Datum[], text: string): void {
    this.#push(index, values, text);
  }

  /** print((a, b)): every element is a column. */
  value(index: number, value: Datum): void {
    this.#push(index, elementsOf(value), null);
  }

  #push(index: number, values: readonly Datum[], text: string | null): void {
    const table = this.#tables.get(index);
    if (table === undefined) return;
    const row = { time: Date.now(), values: values.map(datumValue), text };
    table.rows.push(row);
    this.#bytes += rowBytes(row);
    if (table.rows.length >= MOST_ROWS * 2) this.#drop(table, table.rows.length - MOST_ROWS);
  }

  #drop(table: EventTable, count: number): void {
    this.dropped += count;
    for (const row of table.rows.splice(0, count)) this.#bytes -= rowBytes(row);
  }

  /** What the rows take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lets the older half of the longest table go until the rest takes so many bytes. */
  shrink(bytes: number): void {
    while (this.#bytes > bytes) {
      const [longest] = [...this.#tables.values()].sort((a, b) => b.rows.length - a.rows.length);
      if (longest === undefined || longest.rows.length === 0) return;
      this.#drop(longest, Math.ceil(longest.rows.length / 2));
    }
  }
}

function elementsOf(value: Datum): readonly Datum[] {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [value];
  if (value.kind === 'tuple') return value.values;
  if (value.kind === 'record') return value.fields.map(([, field]) => field);
  return [value];
}

/** null: not an action that makes rows. */
function columnsOf(source: string, action: Action): KeyColumn[] | null {
  if (action.kind === 'printf') {
    const names = argumentLabels(source.slice(action.span.start, action.span.end), action.args.length);
    return action.args.map((type, index) => ({ name: names[index] ?? `value${index}`, type: columnType(type) }));
  }
  if (action.kind !== 'print-value') return null;
  const type: Type = action.args[action.args.length - 1] ?? { kind: 'none' };
  if (type.kind === 'record') return type.fields.map((field) => ({ name: field.name, type: columnType(field.type) }));
  const types = type.kind === 'tuple' ? type.elements : [type];
  const text = source.slice(action.span.start, action.span.end).replace(/^\s*print\s*\(\s*(?=\()/, '');
  const names = argumentLabels(text, types.length);
  return types.map((element, index) => ({ name: names[index] ?? `value${index}`, type: columnType(element) }));
}

export function eventOutput(table: EventTable, from: number, to: number, unit: string | null): EventOutput {
  return {
    kind: 'events',
    name: table.name,
    unit,
    keys: [],
    times: [],
    columns: [...table.columns],
    rows: table.rows
      .filter((row) => row.time > from && row.time <= to)
      .map((row) => ({ time: row.time, values: [...row.values], ...(row.text === null ? {} : { text: row.text }) })),
  };
}
