/** The facts of this host for the compiler, put together from the parts of native. */
import { readFileSync } from 'node:fs';
import { has } from '@bpfscope/native/features';
import { liveTarget } from '../host/index.ts';
import type { Target } from '../language/target.ts';

let target: Target | null = null;

/** One a process: it caches what it reads. */
export function hostTarget(): Target {
  return (target ??= liveTarget({ has, kernelSymbol, binaries: () => [] }));
}

/** Forgets the facts, after modules or binaries changed. */
export function forgetHost(): void {
  target = null;
}

function kernelSymbol(name: string): bigint | null {
  try {
    const text = readFileSync('/proc/kallsyms', 'latin1');
    const at = text.search(new RegExp(`^[0-9a-f]+ . ${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:\\t|$)`, 'm'));
    if (at < 0) return null;
    const address = BigInt(`0x${text.slice(at, text.indexOf(' ', at))}`);
    return address === 0n ? null : address;
  } catch {
    return null;
  }
}
