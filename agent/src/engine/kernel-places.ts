/** Where kernel functions are whose name alone does not lead there: those of modules, and those that share a name. */
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import type { AttachSite } from '../language/attach.ts';

type Kprobe = Extract<AttachSite, { kind: 'kprobe' }>;

export class KernelPlaces {
  readonly #read: () => KernelSymbols;
  #symbols: KernelSymbols | null = null;

  constructor(read: () => KernelSymbols = () => KernelSymbols.read()) {
    this.#read = read;
  }

  /**
   * Addresses to attach to, the offset included; empty: the name does. The kernel takes a name for the first function that
   * has it, or refuses, by version; it looks for the name of a module's function in all modules. Without CAP_SYSLOG
   * addresses are hidden, and names have to do.
   */
  addresses(site: Kprobe): readonly bigint[] {
    if (site.address !== null || (site.module === '' && site.copies !== true)) return [];
    this.#symbols ??= this.#read();
    if (this.#symbols.restricted) return [];
    return this.#symbols
      .symbols(site.symbol)
      .filter(({ module }) => module === site.module)
      .map(({ address }) => address + BigInt(site.offset));
  }
}
