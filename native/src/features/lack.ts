/** What a host lacks, in the words of `doctor`: every refusal says it so. */
import { probe } from './probe.ts';

export interface Lack {
  /** To follow "needs": `many kprobes at once, which this host does not have: needs Linux 5.18, this is 5.10.0` */
  readonly words: string;
  /** What would help, when something does. */
  readonly mend?: string;
}

/** null: the host has the feature. Names as for `probe`. */
export const featureLack = (name: string): Lack | null => {
  const { available, title, reason, mend } = probe(name);
  if (available) return null;
  const words = `${title}, which this host does not have: ${reason ?? 'nothing says why'}`;
  return mend === undefined ? { words } : { words, mend };
};
