/** A query's answer as the values of a dashboard variable. */
import { FieldType, type DataFrame, type MetricFindValue } from '@grafana/data';

/** The first text column of each table, without repetitions; numbers when there is no text (pids, ports). */
export function valuesOf(frames: readonly DataFrame[]): MetricFindValue[] {
  const found = new Set<string>();
  for (const { fields } of frames) {
    const column =
      fields.find(({ type }) => type === FieldType.string) ?? fields.find(({ type }) => type === FieldType.number);
    for (const value of column?.values ?? []) if (value !== null && value !== '') found.add(String(value));
  }
  return [...found].map((value) => ({ text: value, value }));
}
