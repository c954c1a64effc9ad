/** Kernel stacks and symbols without names, because this process may not see where functions are. */
import { hiddenSymbols } from '../host/hidden-symbols.ts';
import { elementTypes } from '../language/layout.ts';
import type { Type } from '../language/types.ts';
import type { StackNotice } from './stack-notice.ts';

const isOfKernel = (type: Type | null): boolean =>
  type !== null &&
  (type.kind === 'kstack' || type.kind === 'ksym' || (elementTypes(type) ?? []).some((each) => isOfKernel(each)));

/** `types`: what the query keeps and prints. `hidden` is asked only where kernel addresses are among it. */
export function kernelNamesNotice(types: readonly (Type | null)[], hidden: () => boolean): readonly StackNotice[] {
  if (!types.some(isOfKernel) || !hidden()) return [];
  const { reason, mend } = hiddenSymbols();
  const text = `Kernel functions have no names here: their addresses are hidden (${reason}). To mend: ${mend}.`;
  return [{ code: 'kernel-names-hidden', samples: 0, text }];
}
