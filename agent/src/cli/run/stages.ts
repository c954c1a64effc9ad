/** -d: what the compiler made at each stage. */
import type { Stage } from './options.ts';

export type StageTexts = { readonly [S in Stage]?: () => string };

export function printStage(stage: Stage, stages: StageTexts): string {
  const text = stages[stage]?.() ?? `the compiler did not get to the stage ${stage}\n`;
  return text.endsWith('\n') ? text : `${text}\n`;
}
