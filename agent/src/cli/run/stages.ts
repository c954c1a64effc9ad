/** -d: what the compiler made at each stage, and what the kernel's verifier said of it. */
import type { LoadedQuery } from '../../engine/load.ts';
import { UsageError } from '../usage-error.ts';

/** In the order in which they come. */
export const STAGES = ['ast', 'types', 'ir', 'asm', 'verifier'] as const;
export type Stage = (typeof STAGES)[number];

/** What the names that bpftrace has stand for here. There is no libbpf, and so nothing to print of it. */
const OF_BPFTRACE: Readonly<Record<string, readonly Stage[]>> = {
  all: STAGES,
  parse: ['ast'],
  codegen: ['ir'],
  'codegen-opt': ['ir'],
  dis: ['asm'],
  libbpf: [],
};

/** `-d ast,dis -d verifier`: each stage once, in their order. */
export function stagesOf(given: readonly string[]): readonly Stage[] {
  const names = given.flatMap((list) => list.split(',')).map((name) => name.trim());
  const wanted = names.flatMap(stagesNamed);
  if (names.length > 0 && wanted.length === 0) {
    throw new UsageError('-d libbpf: bpfscope speaks to the kernel without libbpf; -v tells what is loaded');
  }
  return STAGES.filter((stage) => wanted.includes(stage));
}

function stagesNamed(name: string): readonly Stage[] {
  const own = STAGES.find((stage) => stage === name);
  const stages = own === undefined ? OF_BPFTRACE[name] : [own];
  if (stages !== undefined) return stages;
  const known = [...STAGES, ...Object.keys(OF_BPFTRACE)].join(', ');
  if (name === 'd') throw new UsageError('-dd is now written -d all');
  if (name.startsWith('-')) throw new UsageError(`-d needs the name of a stage: ${known}`);
  throw new UsageError(`Invalid stage "${name}". Valid: ${known}`);
}

export type StageTexts = { readonly [S in Exclude<Stage, 'verifier'>]?: () => string };

/** Those of the compiler; each has a title where there are several. */
export function printStages(stages: readonly Stage[], texts: StageTexts): string {
  return stages.map((stage) => (stage === 'verifier' ? '' : titled(stages, stage, compiled(stage, texts)))).join('');
}

export function printVerifier(stages: readonly Stage[], { programs }: LoadedQuery): string {
  const logs = programs.map(({ name, log }) => `${name}:\n${log.trimEnd()}\n`);
  return titled(stages, 'verifier', logs.join('\n'));
}

const compiled = (stage: Exclude<Stage, 'verifier'>, texts: StageTexts): string =>
  texts[stage]?.() ?? `the compiler did not get to the stage ${stage}\n`;

function titled(stages: readonly Stage[], stage: Stage, text: string): string {
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  return stages.length > 1 ? `==== ${stage}\n${ended}\n` : ended;
}
