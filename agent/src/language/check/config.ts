/** The config block and the overrides of the command line. */
import type * as ast from '../ast.ts';
import { DEFAULT_CONFIG } from '../config.ts';
import type { Config } from '../config.ts';
import type { Diagnostics } from '../diagnostic.ts';
import { CONFIG_ROWS, RETIRED_KEYS } from '../tables/config.ts';
import type { ConfigRow } from '../tables/config.ts';
import { nearest } from './suggest.ts';

type Value = ast.ConfigBlock['entries'][number]['value'];

export function readConfig(
  block: ast.ConfigBlock | null,
  overrides: Partial<Config>,
  diagnostics: Diagnostics,
): Config {
  const values: Record<string, unknown> = {};
  for (const entry of block?.entries ?? []) {
    const name = entry.key.toLowerCase().replace(/^bpftrace_/, '');
    const row = CONFIG_ROWS.find((one) => one.name === name);
    if (RETIRED_KEYS.has(name)) {
      diagnostics.warning('unknown-config', entry.keySpan, `${entry.key} has no meaning any more and is ignored.`);
      continue;
    }
    if (row === undefined) {
      const renamed = CONFIG_ROWS.find((one) => one.renamedFrom.includes(name));
      const hint =
        renamed === undefined
          ? () =>
              nearest(
                name,
                CONFIG_ROWS.map((one) => one.name),
              )
          : `It is now called ${renamed.name}${name === 'no_cpp_demangle' ? ', with the opposite value' : ''}.`;
      diagnostics.error('unknown-config', entry.keySpan, `Unrecognized config variable: ${entry.key}.`, hint);
      continue;
    }
    const value = parseValue(row, entry.value);
    if (value === undefined) {
      diagnostics.error(
        'bad-config',
        entry.value.span,
        `Invalid value for ${row.name}: it takes ${describeValues(row)}.`,
      );
    } else values[row.name] = value;
  }
  return { ...DEFAULT_CONFIG, ...(values as Partial<Config>), ...overrides };
}

/** What values a key takes. */
export function describeValues(row: ConfigRow): string {
  if (row.type === 'choice') return `one of ${row.choices.join(', ')}`;
  if (row.type === 'int') return `an integer from ${String(row.min)} to ${String(row.max)}`;
  return row.type === 'bool' ? 'true or false' : 'a string';
}

/** undefined when the value does not fit. */
function parseValue(row: ConfigRow, value: Value): unknown {
  const word =
    value.kind === 'word'
      ? value.text
      : value.kind === 'ident'
        ? value.name
        : value.kind === 'string'
          ? value.value
          : null;
  switch (row.type) {
    case 'int':
      return value.kind === 'int' && value.value >= BigInt(row.min) && value.value <= BigInt(row.max)
        ? Number(value.value)
        : undefined;
    case 'bool':
      if (value.kind === 'bool') return value.value;
      if (value.kind === 'int' && (value.value === 0n || value.value === 1n)) return value.value === 1n;
      return word === 'true' ? true : word === 'false' ? false : undefined;
    case 'string':
      return word ?? undefined;
    case 'choice': {
      // Older bpftrace only asked whether.
      if (row.name === 'cache_user_symbols') {
        if (value.kind === 'bool') return value.value ? 'PER_PROGRAM' : 'NONE';
        if (value.kind === 'int' && value.value <= 1n) return value.value === 1n ? 'PER_PROGRAM' : 'NONE';
      }
      return row.choices.find((one) => one.toLowerCase() === word?.toLowerCase());
    }
  }
}

/** A `BPFTRACE_<KEY>` environment variable's value, as the block's; undefined when it does not fit. */
export function configFromText(name: string, text: string): Partial<Config> | null {
  const row = CONFIG_ROWS.find((one) => one.name === name.toLowerCase());
  if (row === undefined) return null;
  const span = { start: 0, end: 0 };
  const value: Value =
    row.type !== 'string' && /^\d+$/.test(text)
      ? { kind: 'int', value: BigInt(text), text, duration: false, span }
      : { kind: 'word', text, span };
  const parsed = parseValue(row, value);
  return parsed === undefined ? null : { [row.name]: parsed };
}
