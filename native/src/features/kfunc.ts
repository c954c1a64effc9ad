/** Kernel functions that programs may call (kfuncs), by name: whether there is one, and in which programs. */
import { existsSync } from 'node:fs';
import { VerifierError } from '../prog/verifier-error.ts';
import type { Scope } from '../sys/handle.ts';
import { findKfunc, VMLINUX_BTF } from './btf-ids.ts';
import type { FeatureRow } from './feature.ts';
import { reasonOf } from './feature.ts';
import { programOf } from './program-type.ts';
import type { ProgramKind } from './program-type.ts';
import { callKernelFunction, loadTiny } from './tiny-program.ts';

/** What the verifier says when the program's type may not call it, or nobody may. */
const REFUSED = /calling kernel function .* is not allowed|is not a kernel function|cannot call kernel function/;
/** First kernels of those that queries are refused for. */
const SINCE: Readonly<Record<string, string>> = { bpf_task_from_pid: '6.2', bpf_task_release: '6.2' };

/** `kfunc:bpf_task_from_pid`, or for one program type `kfunc:bpf_task_from_pid@tracing`; null for other names. */
export const kfuncRow = (name: string): FeatureRow | null => {
  const match = /^kfunc:([^@]+)(?:@(\w+))?$/.exec(name);
  if (match === null) return null;
  const [, kfunc = '', type] = match;
  const program = type === undefined ? null : programOf(type);
  if (program === undefined) return null;
  return {
    name,
    since: SINCE[kfunc] ?? '',
    title: `the kernel function ${kfunc}${type === undefined ? '' : ` in ${type} programs`}`,
    test(scope) {
      const id = existsSync(VMLINUX_BTF) ? findKfunc(kfunc) : null;
      if (id === null) return 'the kernel does not have it';
      return program === null ? null : refusal(scope, id, program());
    },
  };
};

function refusal(scope: Scope, id: number, kind: ProgramKind): string | null {
  try {
    loadTiny(scope, { ...kind, instructions: callKernelFunction(id) });
    return null;
  } catch (error) {
    if (!(error instanceof VerifierError) || error.log === '') return reasonOf(error);
    // Refused for its arguments: it may be called.
    return REFUSED.test(error.log) ? 'not for programs of this type' : null;
  }
}
