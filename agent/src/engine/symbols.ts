/** Names of addresses, shared by all runs of a process. Tables are read at the first question. */
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { demangle, UserSymbols } from '@bpfscope/native/symbols';

export interface Symbols {
  /** `vfs_read+25`, the address in hex when unknown. offset: whether to say `+25`. */
  kernel(address: bigint, offset: boolean): string;
  user(address: bigint, pid: number, offset: boolean): string;
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;

/** Modules come and go: an address that the table does not know makes it read again, at most so often. */
const REREAD_MS = 10_000;

export class LiveSymbols implements Symbols {
  readonly #user = new UserSymbols();
  #kernel: KernelSymbols | null = null;
  #readAt = -Infinity;

  kernel(address: bigint, offset: boolean): string {
    const symbol = this.#table()?.lookup(address) ?? this.#reread()?.lookup(address) ?? null;
    if (symbol === null) return hex(address);
    return offset ? `${symbol.name}+${symbol.offset}` : symbol.name;
  }

  user(address: bigint, pid: number, offset: boolean): string {
    const symbol = this.#user.lookup(pid, address);
    if (symbol.name === null) return hex(address);
    const name = demangle(symbol.name);
    return offset ? `${name}+${symbol.offset}` : name;
  }

  #table(): KernelSymbols | null {
    return this.#kernel ?? this.#reread();
  }

  #reread(): KernelSymbols | null {
    if (performance.now() - this.#readAt < REREAD_MS) return null;
    this.#readAt = performance.now();
    try {
      this.#kernel = KernelSymbols.read();
    } catch {
      // Hidden from this process: addresses stay numbers.
    }
    return this.#kernel;
  }
}
