/** The config block for completion and hover. */
import { DEFAULT_CONFIG } from '../config.ts';
import { CONFIG_ROWS } from '../tables/config.ts';
import type { ConfigRow } from '../tables/config.ts';
import type { Completion } from './completion.ts';

/** What a key takes, one line: `1 to 65536, default 1024`. */
export function configDetail(row: ConfigRow): string {
  const byDefault = DEFAULT_CONFIG[row.name];
  const ending = byDefault === null ? '' : `, default ${String(byDefault)}`;
  if (row.type === 'int') return `${row.min} to ${row.max}${ending}`;
  return `${row.type === 'choice' ? row.choices.join(' | ') : row.type}${ending}`;
}

/** Keys, or behind `key =` its values. */
export function configCompletions(before: string): Completion[] {
  const key = /(\w+)\s*=\s*$/.exec(before)?.[1];
  const row = CONFIG_ROWS.find(({ name }) => name === key);
  if (row?.type === 'choice') return row.choices.map((label) => ({ label, kind: 'keyword', insert: label }));
  if (row?.type === 'bool') return ['true', 'false'].map((label) => ({ label, kind: 'keyword', insert: label }));
  if (row !== undefined) return [];
  return CONFIG_ROWS.map((one) => ({
    label: one.name,
    kind: 'keyword',
    detail: configDetail(one),
    documentation: one.documentation,
    insert: `${one.name} = `,
  }));
}
