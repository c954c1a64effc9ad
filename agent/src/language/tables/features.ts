/** Refusals for what the host lacks, in the host's own words where it has some (those of `bpfscope doctor`). */
import type { Target } from '../target.ts';

export interface LackWords {
  /** To follow "needs". */
  readonly words: string;
  readonly mend: string | undefined;
}

/** What is missing where one of these features would do; null: one of them is there. */
export function lackOf(target: Target, ...features: readonly string[]): LackWords | null {
  if (features.some((feature) => target.has(feature))) return null;
  const lacks = features.map((feature) => target.lack?.(feature) ?? { words: featureWords(feature) });
  return {
    words: lacks.map(({ words }) => words).join(', or '),
    mend: lacks.find(({ mend }) => mend !== undefined)?.mend,
  };
}

/** Of a target that only knows what it has: `helper:bpf_jiffies64` is `the helper bpf_jiffies64`. */
const featureWords = (name: string): string =>
  name.replace(/^helper:/, 'the helper ').replace(/^kfunc:/, 'the kernel function ');
