/** BPFTRACE_<KEY> variables: they win over the query's config block. */
import { DEFAULT_CONFIG, type Config } from '../../language/config.ts';

const TRUE = new Set(['1', 'true', 'on', 'yes']);
const FALSE = new Set(['0', 'false', 'off', 'no']);

/** Values that do not fit the key's type are reported and left out. */
export function configFromEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  report: (message: string) => void,
): Partial<Config> {
  const config: Record<string, unknown> = {};
  for (const [key, fallback] of Object.entries(DEFAULT_CONFIG)) {
    const name = `BPFTRACE_${key.toUpperCase()}`;
    const text = variables[name];
    if (text === undefined) continue;
    const value = parseLike(key, fallback, text);
    if (value === null) report(`${name}: '${text}' is not a valid value`);
    else config[key] = value;
  }
  return config as Partial<Config>;
}

function parseLike(key: string, fallback: unknown, text: string): string | number | boolean | null {
  if (typeof fallback === 'boolean') {
    const lower = text.toLowerCase();
    return TRUE.has(lower) ? true : FALSE.has(lower) ? false : null;
  }
  if (typeof fallback === 'number' || key === 'perf_rb_pages') return /^\d+$/.test(text) ? Number(text) : null;
  return text;
}
