/** Names, labels and selection of series, the same for every format. */
import type { Key, KeyColumn } from '@bpfscope/agent/protocol';

/** Label names are unique in a frame and never empty: `comm`, `comm_2`, `key2`. */
export function columnNames(columns: readonly KeyColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }, index) => {
    const wanted = name === '' ? `key${index}` : name;
    let unique = wanted;
    for (let count = 2; taken.has(unique); count++) unique = `${wanted}_${count}`;
    taken.add(unique);
    return unique;
  });
}

/** Stacks are folded: root first, `;` between frames. */
export const keyText = (part: Key[number] | undefined): string =>
  Array.isArray(part) ? part.join(';') : String(part ?? '');

export function labelsOf(columns: readonly KeyColumn[], key: Key): Record<string, string> {
  return Object.fromEntries(columnNames(columns).map((name, index) => [name, keyText(key[index])]));
}

/** `{{comm}} on {{cpu}}`; unknown places are left as written so that the mistake is seen. */
export function fillLegend(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (place, name: string) => labels[name] ?? place);
}

/** What a series is called: legend, or its label values, or the output's name. */
export function displayName(
  output: string,
  labels: Readonly<Record<string, string>>,
  legend: string,
  several: boolean,
): string {
  if (legend !== '') return fillLegend(legend, { output, ...labels });
  const values = Object.values(labels);
  if (values.length === 0) return output;
  return (several ? [output, ...values] : values).join(', ');
}

/** The `limit` items of largest weight, in descending order. Ties keep their order, so that a refresh does not shuffle. */
export function largest<T>(items: readonly T[], limit: number, weight: (item: T) => number): T[] {
  return items
    .map((item, index) => ({ item, index, weight: weight(item) }))
    .sort((a, b) => b.weight - a.weight || a.index - b.index)
    .slice(0, limit)
    .map(({ item }) => item);
}
