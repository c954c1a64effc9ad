/**
 * User stacks that end too early. The kernel follows frame pointers; where a program keeps none, a stack is one frame
 * long, or goes on with what happened to be in the register. Such stacks are shown and counted with their cause.
 */
import type { UserSymbol } from '@bpfscope/native/symbols';
import type { BrokenStack } from '../decode/names.ts';
import type { Datum } from '../decode/datum.ts';

/** Functions that nothing calls: where a program or a thread begins. */
const FIRST: ReadonlySet<string> = new Set([
  '_start',
  '_dl_start_user',
  '__libc_start_call_main',
  'clone',
  '__clone',
  'clone3',
  '__clone3',
  'start_thread',
]);

/** null: the stack may be whole. `depth`: frames asked for. */
export function brokenStack(
  addresses: readonly bigint[],
  depth: number,
  lookup: (address: bigint) => UserSymbol,
): BrokenStack | null {
  const [first, second] = addresses;
  if (first === undefined || addresses.length > 2 || depth < 2) return null;
  if (second !== undefined && (depth === 2 || lookup(second).reason !== 'unmapped')) return null;
  const { name, module, reason } = lookup(first);
  if (name !== null && FIRST.has(name)) return null;
  if (reason === 'jit') return { cause: 'jit', module: null };
  if (module === null || module === '[vdso]') return null;
  return { cause: reason === 'stripped' ? 'stripped' : 'no-frame-pointers', module };
}

const TEXTS: Readonly<Record<BrokenStack['cause'], (module: string) => string>> = {
  'no-frame-pointers': (module) =>
    `${module} keeps no frame pointers. Build it with -fno-omit-frame-pointer (Go, and the packages of many distributions, have them)`,
  stripped: (module) =>
    `${module} is stripped and seems to keep no frame pointers. Install its debug symbols, or build it with -fno-omit-frame-pointer`,
  jit: () =>
    'the code was made at run time and keeps no frame pointers, or has no map of names. Start Node.js with --perf-basic-prof, Java with -XX:+PreserveFramePointer and an agent that writes /tmp/perf-PID.map',
};

/** How many samples had stacks that end too early, and why. */
export class BrokenStacks {
  readonly #counts = new Map<string, { readonly broken: BrokenStack; samples: number }>();

  /** Looks at the parts of a key, or at printed values. */
  add(parts: readonly Datum[], samples: number): void {
    for (const part of parts) {
      const broken = brokenIn(part);
      if (broken === null) continue;
      const key = `${broken.cause} ${broken.module ?? ''}`;
      const entry = this.#counts.get(key);
      if (entry === undefined) this.#counts.set(key, { broken, samples });
      else entry.samples += samples;
    }
  }

  /** One for each cause and binary, the most frequent first; the rest is left out after some. */
  report(): { readonly cause: string; readonly samples: number; readonly text: string }[] {
    const all = [...this.#counts.values()].sort((a, b) => b.samples - a.samples);
    return all.slice(0, REPORTED).map(({ broken, samples }) => ({
      cause: broken.cause,
      samples,
      text: `${samples} sample${samples === 1 ? '' : 's'} with a user stack that ends after one frame: ${TEXTS[broken.cause](broken.module ?? '')}.`,
    }));
  }
}

const REPORTED = 5;

function brokenIn(part: Datum): BrokenStack | null {
  if (part === null || typeof part !== 'object' || !('kind' in part)) return null;
  return part.kind === 'stack' ? (part.broken ?? null) : null;
}
