/** Every subject. */
import type { Case } from '../case.ts';
import { arithmetic } from './arithmetic.ts';
import { control } from './control.ts';
import { functions } from './functions.ts';
import { histograms } from './histograms.ts';
import { jsonOutput } from './json.ts';
import { maps } from './maps.ts';
import { printing } from './printing.ts';

export const SUBJECTS: Readonly<Record<string, readonly Case[]>> = {
  arithmetic,
  control,
  functions,
  histograms,
  json: jsonOutput,
  maps,
  printing,
};
