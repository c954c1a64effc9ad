import { FEATURES } from './table.ts';
import { runTest } from './feature.ts';
import type { Feature, FeatureRow } from './feature.ts';
import { helperRow } from './helper.ts';
import { kfuncRow } from './kfunc.ts';

const cache = new Map<string, Feature>();
const rows = new Map(FEATURES.map((row) => [row.name, row]));

/** Names of features to do without, separated by commas: to see on a new kernel what an old one gets. */
const SWITCH = 'BPFSCOPE_WITHOUT';
const isSwitchedOff = (name: string): boolean => (process.env[SWITCH] ?? '').split(',').includes(name);

const rowOf = (name: string): FeatureRow | null => rows.get(name) ?? helperRow(name) ?? kfuncRow(name);

/** Whether there is a feature of this name, whatever this kernel can do. */
export const isFeature = (name: string): boolean => rowOf(name) !== null;

/**
 * Whether this kernel, for this process, can do it. Tried once and remembered. Names: the table's, and
 * `helper:bpf_NAME` or `helper:bpf_NAME@PROGRAM_TYPE`, `kfunc:NAME` and `kfunc:NAME@PROGRAM_TYPE`. An unknown name is
 * not available.
 */
export const probe = (name: string): Feature => {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const row = rowOf(name);
  const feature: Feature =
    row === null
      ? { name, title: name, since: '', available: false, reason: 'no such feature' }
      : isSwitchedOff(name)
        ? { name, title: row.title, since: row.since, available: false, reason: `switched off by ${SWITCH}` }
        : runTest(row);
  cache.set(name, feature);
  return feature;
};

export const has = (name: string): boolean => probe(name).available;

/** All features of the table, in its order: for `doctor`. */
export const probeAll = (): Feature[] => FEATURES.map(({ name }) => probe(name));

/** Forgets what was found. For tests. */
export const forgetFeatures = (): void => cache.clear();
