import { VerifierError } from '../prog/verifier-error.ts';
import { HELPERS } from '../uapi/helpers.ts';
import type { Helper } from '../uapi/helpers.ts';
import { ProgType } from '../uapi/prog-type.ts';
import type { FeatureRow } from './feature.ts';
import { reasonOf } from './feature.ts';
import { callHelper, loadTiny } from './tiny-program.ts';

const UNKNOWN = /(unknown|invalid) func |cannot use helper/;

const PROGRAM_TYPES: Readonly<Record<string, number>> = {
  kprobe: ProgType.BPF_PROG_TYPE_KPROBE,
  tracepoint: ProgType.BPF_PROG_TYPE_TRACEPOINT,
  raw_tracepoint: ProgType.BPF_PROG_TYPE_RAW_TRACEPOINT,
  perf_event: ProgType.BPF_PROG_TYPE_PERF_EVENT,
};

/** `helper:bpf_loop`, or for another program type than kprobe `helper:bpf_get_stack@perf_event`; null for no such name. */
export const helperRow = (name: string): FeatureRow | null => {
  const [helper = '', type = 'kprobe'] = name.replace(/^helper:(bpf_)?/, '').split('@');
  const known: Helper | undefined = (HELPERS as Readonly<Record<string, Helper>>)[helper];
  const programType = PROGRAM_TYPES[type];
  if (known === undefined || programType === undefined) return null;
  return {
    name,
    since: known.since,
    title: `helper bpf_${helper} in ${type} programs`,
    test(scope) {
      try {
        loadTiny(scope, { type: programType, instructions: callHelper(known.id) });
        return null;
      } catch (error) {
        if (!(error instanceof VerifierError) || error.log === '') return reasonOf(error);
        // Refused for its arguments: it is there.
        return UNKNOWN.test(error.log) ? error.reason : null;
      }
    },
  };
};
