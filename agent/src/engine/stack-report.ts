/** What a query's stacks say less than they seem to: those that end too early, and those that the kernel did not store. */
import { has } from '@bpfscope/native/features';
import type { BrokenStack, LostStack } from '../decode/names.ts';
import type { Datum } from '../decode/datum.ts';
import { counted, type StackNotice } from './stack-notice.ts';

/** Whether `dw_ustack` walks stacks on this host. */
const hasUnwinding = (): boolean => process.arch === 'x64' && has('helper:bpf_loop');

const WITHOUT: Readonly<Record<BrokenStack['cause'], (module: string) => string>> = {
  'no-frame-pointers': (module) =>
    `${module} keeps no frame pointers. Build it with -fno-omit-frame-pointer (Go, and the packages of many distributions, have them)`,
  stripped: (module) =>
    `${module} is stripped and seems to keep no frame pointers. Install its debug symbols, or build it with -fno-omit-frame-pointer`,
  jit: () =>
    'the code was made at run time and keeps no frame pointers, or has no map of names. Start Node.js with --perf-basic-prof, Java with -XX:+PreserveFramePointer and an agent that writes /tmp/perf-PID.map',
};

const brokenText = ({ cause, module }: BrokenStack, unwinding: boolean): string => {
  const text = WITHOUT[cause](module ?? '');
  return cause !== 'jit' && unwinding ? `${text}, or ask for dw_ustack, which needs none` : text;
};

const LOST: Readonly<Record<LostStack, string>> = {
  taken: 'other stacks had their places in the map of stacks',
  memory: 'the kernel had no memory for them',
  gone: 'they are not in the map of stacks any more',
  refused: 'the kernel refused them',
};

interface Counted<T> {
  readonly what: T;
  samples: number;
}

const REPORTED = 5;

/** Counts samples by what is wrong with their stacks. */
export class StackReport {
  readonly #broken = new Map<string, Counted<BrokenStack>>();
  readonly #lost = new Map<LostStack, number>();
  #without = 0;
  readonly #unwinding: () => boolean;

  constructor(unwinding: () => boolean = hasUnwinding) {
    this.#unwinding = unwinding;
  }

  /** Looks at the parts of a key, or at printed values. */
  add(parts: readonly Datum[], samples: number): void {
    for (const part of parts) {
      if (!isStack(part)) continue;
      const { broken, lost, frames } = part;
      if (frames.length === 0) this.#without += samples;
      if (lost !== undefined) this.#lost.set(lost, (this.#lost.get(lost) ?? 0) + samples);
      if (broken === undefined) continue;
      const key = `${broken.cause} ${broken.module ?? ''}`;
      const entry = this.#broken.get(key);
      if (entry === undefined) this.#broken.set(key, { what: broken, samples });
      else entry.samples += samples;
    }
  }

  /** Lost ones, then one for each cause and binary, the most frequent first; the rest is left out after some. */
  notices(): StackNotice[] {
    const lost = [...this.#lost].map(([why, samples]): StackNotice => {
      const text = `${counted(samples, 'sample')} with a stack that was not stored: ${LOST[why]}.`;
      return { code: 'stacks-lost', samples, text };
    });
    const broken = [...this.#broken.values()].sort((a, b) => b.samples - a.samples).slice(0, REPORTED);
    const without: StackNotice[] = [];
    if (this.#without > 0) {
      const samples = this.#without;
      const why =
        'kernel threads and idle CPUs have no user stack, and programs may run where there is no kernel stack';
      const text = `${counted(samples, 'sample')} without a stack: ${why}.`;
      without.push({ code: 'stacks-none', samples, text, isInfo: true });
    }
    return [
      ...lost,
      ...broken.map(({ what, samples }): StackNotice => {
        const text = `${counted(samples, 'sample')} with a user stack that ends after one frame: ${brokenText(what, this.#unwinding())}.`;
        return { code: 'stacks-broken', samples, text };
      }),
      ...without,
    ];
  }
}

type Stack = Extract<Datum, { kind: 'stack' }>;

const isStack = (part: Datum): part is Stack =>
  part !== null && typeof part === 'object' && 'kind' in part && part.kind === 'stack';

/** Whether there is something to say about a key or value. */
export const isRemarkable = (part: Datum): boolean =>
  isStack(part) && (part.broken !== undefined || part.lost !== undefined);
