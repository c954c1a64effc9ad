import { VerifierError } from '../prog/verifier-error.ts';
import { HELPERS } from '../uapi/helpers.ts';
import type { Helper } from '../uapi/helpers.ts';
import type { FeatureRow } from './feature.ts';
import { reasonOf } from './feature.ts';
import { programOf } from './program-type.ts';
import { callHelper, loadTiny } from './tiny-program.ts';

/** Where program types got a helper later than others did. */
const LATER: Readonly<Record<string, string>> = { 'get_func_ip@fexit': '5.17', 'd_path@iter': '5.12' };

const UNKNOWN = /(unknown|invalid) func |cannot use helper/;
/** By the function that is traced, too, which says nothing of others: iterators all have one kind. */
const NOT_HERE = /helper call is not allowed/;

/** `helper:bpf_loop`, or for another program type than kprobe `helper:bpf_get_stack@perf_event`; null for no such name. */
export const helperRow = (name: string): FeatureRow | null => {
  if (!name.startsWith('helper:')) return null;
  const [helper = '', type = 'kprobe'] = name.replace(/^helper:(bpf_)?/, '').split('@');
  const known: Helper | undefined = (HELPERS as Readonly<Record<string, Helper>>)[helper];
  const program = programOf(type);
  if (known === undefined || program === undefined) return null;
  return {
    name,
    since: LATER[`${helper}@${type}`] ?? known.since,
    title: `the helper bpf_${helper}${type === 'kprobe' ? '' : ` in ${type} programs`}`,
    test(scope) {
      try {
        loadTiny(scope, { ...program(), instructions: callHelper(known.id) });
        return null;
      } catch (error) {
        if (!(error instanceof VerifierError) || error.log === '') return reasonOf(error);
        // Refused for its arguments: it is there.
        return UNKNOWN.test(error.log) || (type === 'iter' && NOT_HERE.test(error.log)) ? error.reason : null;
      }
    },
  };
};
