/** Every function of the language, by name. */
import { ACTIONS } from './actions.ts';
import { AGGREGATES } from './aggregates.ts';
import { CONSTANT_FUNCTIONS } from './constants.ts';
import type { FunctionRow } from './row.ts';
import { FORMATTED, VALUES } from './values.ts';

export type { FunctionRow } from './row.ts';

export const FUNCTIONS: readonly FunctionRow[] = [
  ...AGGREGATES,
  ...ACTIONS,
  ...VALUES,
  ...FORMATTED,
  ...CONSTANT_FUNCTIONS,
];

const BY_NAME = new Map(
  FUNCTIONS.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
);

export function functionRow(name: string): FunctionRow | null {
  return BY_NAME.get(name) ?? null;
}

export function functionNames(): readonly string[] {
  return [...BY_NAME.keys()];
}
