/** The tables of docs/language.md, made from those of the checker. */
import { DEFAULT_CONFIG } from '../config.ts';
import { configDetail } from '../service/config.ts';
import { BUILTINS } from '../tables/builtins.ts';
import { CONFIG_ROWS } from '../tables/config.ts';
import { FUNCTIONS } from '../tables/functions/index.ts';
import { PROVIDERS } from '../tables/probes/index.ts';

/** A `|` would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;
const byName = <T extends { readonly name: string }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));

/** `missing` tells whether the compiler refuses a builtin or function that the checker knows. */
export function referenceTables(missing: (name: string, kind: 'builtin' | 'function') => boolean): string {
  const state = (name: string, kind: 'builtin' | 'function'): string =>
    missing(name, kind) ? ' **Not supported yet.**' : '';
  const probes = PROVIDERS.map((row) => [
    row.forms.map(code).join(', '),
    row.aliases.map(code).join(' '),
    row.documentation,
  ]);
  const builtins = byName(BUILTINS).map((row) => [
    code(row.name),
    row.type,
    row.documentation + state(row.name, 'builtin'),
    row.probes?.join(', ') ?? 'all',
  ]);
  const functions = byName(FUNCTIONS).map((row) => [
    row.signatures.map(code).join(', '),
    row.documentation + state(row.name, 'function'),
    [row.kind, ...(row.unsafe ? ['needs `--unsafe`'] : [])].join(', '),
  ]);
  const config = byName(CONFIG_ROWS).map((row) => [code(row.name), configDetail(row), row.documentation]);
  return [
    '### Probe types',
    table(['Forms', 'Short', 'Meaning'], probes),
    '### Builtins',
    table(['Name', 'Type', 'Meaning', 'Probes'], builtins),
    '### Functions',
    table(['Call', 'Meaning', 'Kind'], functions),
    `### Config keys (${Object.keys(DEFAULT_CONFIG).length})`,
    table(['Key', 'Value', 'Meaning'], config),
  ].join('\n\n');
}
