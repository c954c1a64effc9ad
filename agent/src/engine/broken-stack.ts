/**
 * User stacks that end too early. The kernel follows frame pointers; where a program keeps none, a stack is one frame
 * long, or goes on with what happened to be in the register. Such stacks are shown and counted with their cause.
 */
import type { UserSymbol } from '@bpfscope/native/symbols';
import type { BrokenStack } from '../decode/names.ts';

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
