/** The facts of this host for the compiler, put together from the parts of native. */
import { featureLack, has } from '@bpfscope/native/features';
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { demangle } from '@bpfscope/native/symbols';
import { liveTarget } from '../host/index.ts';
import type { Target } from '../language/target.ts';
import { binaries } from './live-binary.ts';

let target: Target | null = null;
let kernelSymbols: KernelSymbols | null = null;

/** One a process: it caches what it reads. */
export function hostTarget(): Target {
  return (target ??= liveTarget({
    has,
    lack: featureLack,
    kernelSymbol: (name) => readSymbols().address(name) || null,
    hidesKernelSymbols: () => readSymbols().restricted,
    binaries,
    demangle,
  }));
}

const readSymbols = (): KernelSymbols => (kernelSymbols ??= KernelSymbols.read());

/** Forgets the facts, after modules or binaries changed. */
export function forgetHost(): void {
  target = null;
  kernelSymbols = null;
}
