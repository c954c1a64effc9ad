import { VerifierError } from '../prog/verifier-error.ts';
import { HELPERS } from '../uapi/helpers.ts';
import type { Helper } from '../uapi/helpers.ts';
import type { FeatureRow } from './feature.ts';
import { reasonOf } from './feature.ts';
import { programOf } from './program-type.ts';
import { callHelper, loadTiny } from './tiny-program.ts';

const UNKNOWN = /(unknown|invalid) func |cannot use helper/;

/** `helper:bpf_loop`, or for another program type than kprobe `helper:bpf_get_stack@perf_event`; null for no such name. */
export const helperRow = (name: string): FeatureRow | null => {
  if (!name.startsWith('helper:')) return null;
  const [helper = '', type = 'kprobe'] = name.replace(/^helper:(bpf_)?/, '').split('@');
  const known: Helper | undefined = (HELPERS as Readonly<Record<string, Helper>>)[helper];
  const program = programOf(type);
  if (known === undefined || program === undefined) return null;
  return {
    name,
    since: known.since,
    title: `helper bpf_${helper} in ${type} programs`,
    test(scope) {
      try {
        loadTiny(scope, { ...program(), instructions: callHelper(known.id) });
        return null;
      } catch (error) {
        if (!(error instanceof VerifierError) || error.log === '') return reasonOf(error);
        // Refused for its arguments: it is there.
        return UNKNOWN.test(error.log) ? error.reason : null;
      }
    },
  };
};
