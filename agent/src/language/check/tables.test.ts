import { describe, expect, it } from 'vitest';
import { BUILTINS } from '../tables/builtins.ts';
import { CONFIG_ROWS } from '../tables/config.ts';
import { DEFAULT_CONFIG } from '../config.ts';
import { FUNCTIONS } from '../tables/functions/index.ts';
import { PROVIDERS } from '../tables/probes/index.ts';
import { BUILTIN_RULES } from './builtins.ts';
import { FUNCTION_RULES } from './functions/index.ts';

const sorted = (names: Iterable<string>) => [...names].sort();

describe('tables', () => {
  it('has a rule for every builtin and no other', () => {
    expect(sorted(Object.keys(BUILTIN_RULES))).toEqual(sorted(BUILTINS.map((row) => row.name)));
  });

  it('has a rule for every function but aggregates, which assignments handle', () => {
    const rows = FUNCTIONS.filter((row) => row.kind !== 'aggregate').map((row) => row.name);
    expect(sorted(Object.keys(FUNCTION_RULES))).toEqual(sorted(rows));
  });

  it('names everything once', () => {
    for (const table of [FUNCTIONS, BUILTINS, PROVIDERS]) {
      const names = table.flatMap((row) => [row.name, ...(row.aliases ?? [])]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('documents every config key', () => {
    expect(sorted(CONFIG_ROWS.map((row) => row.name))).toEqual(sorted(Object.keys(DEFAULT_CONFIG)));
  });

  it('says for every function how it is called, and how many arguments that means', () => {
    for (const row of FUNCTIONS) {
      expect(row.signatures.every((one) => one.startsWith(`${row.name}(`))).toBe(true);
      expect(row.arity[0]).toBeLessThanOrEqual(row.arity[1]);
    }
  });
});
