/** Why this process may not see where the symbols of the kernel are. */
import { readFileSync } from 'node:fs';
import { lackOf } from '@bpfscope/native/features';

export interface HiddenSymbols {
  readonly reason: string;
  readonly mend: string;
}

/** Ends the sentence "the addresses of the kernel are hidden: ...". kallsyms_show_value() of kernel/ksyms_common.c. */
export function hiddenSymbols(): HiddenSymbols {
  const lack = lackOf(['CAP_SYSLOG']);
  try {
    const restriction = readFileSync('/proc/sys/kernel/kptr_restrict', 'latin1').trim();
    if (restriction !== '2') return lack;
    return { reason: 'kernel.kptr_restrict is 2', mend: 'sysctl -w kernel.kptr_restrict=1' };
  } catch {
    return lack;
  }
}
