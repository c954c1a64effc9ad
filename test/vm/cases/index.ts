/** Every case, in the order in which the guest runs them: the cheap ones first. */
import type { Case } from '../case.ts';
import { attaching } from './attach.ts';
import { catalog } from './catalog.ts';
import { cpus } from './cpus.ts';
import { generated } from './generated.ts';
import { kernelFunctions } from './kernel-functions.ts';
import { kernelModules } from './kernel-modules.ts';
import { languageCases } from './language.ts';
import { memory } from './memory.ts';
import { processes } from './processes.ts';
import { stacks } from './stacks.ts';
import { timers } from './timers.ts';
import { tools } from './tools.ts';
import { tracepoints } from './tracepoints.ts';
import { userPrograms } from './user-programs.ts';

export const CASES: readonly Case[] = [
  ...languageCases,
  ...timers,
  ...cpus,
  ...tracepoints,
  ...kernelFunctions,
  ...kernelModules,
  ...attaching,
  ...processes,
  ...userPrograms,
  ...memory,
  ...stacks,
  ...generated,
  ...catalog,
  ...tools,
];
