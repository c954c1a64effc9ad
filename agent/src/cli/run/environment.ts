/** BPFTRACE_<KEY> variables: they win over the query's config block. */
import { configFromText } from '../../language/check/index.ts';
import type { Config } from '../../language/config.ts';
import { CONFIG_ROWS } from '../../language/tables/config.ts';

/** Values that do not fit the key's type are reported and left out; older names of a key still count. */
export function configFromEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  report: (message: string) => void,
): Partial<Config> {
  let config: Partial<Config> = {};
  for (const { name, renamedFrom } of CONFIG_ROWS) {
    // The present name last: it wins.
    for (const key of [...renamedFrom, name]) {
      const variable = `BPFTRACE_${key.toUpperCase()}`;
      const given = variables[variable];
      if (given === undefined) continue;
      const value = configFromText(name, key === 'no_cpp_demangle' ? opposite(given) : given);
      if (value === null) report(`${variable}: '${given}' is not a valid value`);
      else config = { ...config, ...value };
      if (key !== name) report(`${variable} is now called BPFTRACE_${name.toUpperCase()}`);
    }
  }
  return config;
}

const opposite = (text: string): string => (text === '0' || text === 'false' ? 'true' : 'false');
