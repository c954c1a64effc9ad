/** What the host will not let us do, in doctor's words. */
import { privilegeRefusal } from '@bpfscope/native/features';
import { VerifierError } from '@bpfscope/native/prog';
import { SyscallError } from '@bpfscope/native/sys';
import { EngineError } from './port.ts';

const DENIED: readonly string[] = ['EPERM', 'EACCES'];

/** The kernel's refusals become EngineErrors; anything else is returned as it is. */
export function hostError(error: unknown): unknown {
  if (!(error instanceof SyscallError || error instanceof VerifierError)) return error;
  const refusal = privilegeRefusal(error);
  if (refusal === null) return new EngineError(DENIED.includes(error.code) ? 'not-permitted' : 'host', error.message);
  const attempted = error instanceof SyscallError ? error.attempted : `load program ${error.program}`;
  return new EngineError('not-permitted', `${attempted}: ${refusal.reason}`, refusal.mend);
}
