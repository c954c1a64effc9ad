/** Every subject. */
import type { Case } from '../case.ts';
import { arithmetic } from './arithmetic.ts';
import { casts } from './casts.ts';
import { structs } from './structs.ts';
import { tutorial } from './tutorial.ts';
import { parameters } from './parameters.ts';
import { formats } from './formats.ts';
import { probes } from './probes.ts';
import { commandLine } from './command-line.ts';
import { mixed } from './mixed.ts';
import { messages } from './messages.ts';
import { control } from './control.ts';
import { functions } from './functions.ts';
import { histograms } from './histograms.ts';
import { jsonOutput } from './json.ts';
import { maps } from './maps.ts';
import { printing } from './printing.ts';

export const SUBJECTS: Readonly<Record<string, readonly Case[]>> = {
  arithmetic,
  casts,
  'command line': commandLine,
  control,
  messages,
  mixed,
  formats,
  functions,
  histograms,
  json: jsonOutput,
  maps,
  parameters,
  printing,
  probes,
  structs,
  tutorial,
};
