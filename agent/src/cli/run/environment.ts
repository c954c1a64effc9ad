/** BPFTRACE_<KEY> variables: they win over the query's config block. */
import { configFromText, describeValues } from '../../language/check/index.ts';
import type { Config } from '../../language/config.ts';
import { CONFIG_ROWS } from '../../language/tables/config.ts';
import { UsageError } from '../usage-error.ts';

/** Older names of a key still count, with a warning. Throws a UsageError for a value that the key does not take. */
export function configFromEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): Partial<Config> {
  let config: Partial<Config> = {};
  for (const row of CONFIG_ROWS) {
    const { name } = row;
    // The present name last: it wins.
    for (const key of [...row.renamedFrom, name]) {
      const variable = `BPFTRACE_${key.toUpperCase()}`;
      const given = variables[variable];
      if (given === undefined) continue;
      const value = configFromText(name, key === 'no_cpp_demangle' ? opposite(given) : given);
      if (value === null) {
        throw new UsageError(`${variable}: '${given}' is not a valid value: it takes ${describeValues(row)}`);
      }
      config = { ...config, ...value };
      if (key !== name) warn(`${variable} is now called BPFTRACE_${name.toUpperCase()}`);
    }
  }
  return config;
}

const opposite = (text: string): string => (text === '0' || text === 'false' ? 'true' : 'false');
