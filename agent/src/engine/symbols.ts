/** Names of addresses, shared by all runs of a process. Tables are read at the first question. */
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { demangle, UserSymbols } from '@bpfscope/native/symbols';
import type { UserSymbol } from '@bpfscope/native/symbols';

export interface NameStyle {
  /** Say how far into the function: `vfs_read+25`. */
  readonly offset: boolean;
  /** C++ and Rust names readable. */
  readonly demangle?: boolean;
  /** Say in which binary: `main+4 (/usr/bin/true)`. */
  readonly module?: boolean;
}

/** A function of a stack. */
export interface FrameName {
  readonly name: string;
  /** `/src/a.c:12`; null when nobody says. */
  readonly source: string | null;
}

export interface Symbols {
  /** The address in hex when it has no name. */
  kernel(address: bigint, style: NameStyle): string;
  user(address: bigint, pid: number, style: NameStyle): string;
  /** Where an address of a process is. */
  place(address: bigint, pid: number): UserSymbol;
  /**
   * As `user`, but with the functions that the compiler put into it, innermost first, and their source lines.
   * `returned`: the address is where a call returns to.
   */
  userFrames(address: bigint, pid: number, style: NameStyle, returned: boolean): readonly FrameName[];
  /** Remembers a process's mappings while it lives. */
  capture(pid: number): void;
  /** From now on remembers processes from their first moment; returns how to stop. */
  watch(): () => void;
  /** Takes in what happened while watching: to be called now and then. */
  look(): void;
  /** Whether the kernel hides where its functions are. */
  hidesKernel(): boolean;
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;

/** Modules come and go: an address that the table does not know makes it read again, at most so often. */
const REREAD_MS = 10_000;

export class LiveSymbols implements Symbols {
  #kernel: KernelSymbols | null = null;
  #user: UserSymbols | null = null;
  #readAt = -Infinity;

  kernel(address: bigint, style: NameStyle): string {
    const symbol = this.#kernel?.lookup(address) ?? this.#reread()?.lookup(address) ?? null;
    if (symbol === null) return hex(address);
    return style.offset ? `${symbol.name}+${symbol.offset}` : symbol.name;
  }

  user(address: bigint, pid: number, style: NameStyle): string {
    this.#user ??= new UserSymbols();
    const { name, offset, module } = this.#user.lookup(pid, address);
    const shown = name === null ? hex(address) : style.demangle === true ? demangle(name) : name;
    const place = style.offset && name !== null ? `${shown}+${offset}` : shown;
    return style.module === true ? `${place} (${module ?? '[unknown]'})` : place;
  }

  place(address: bigint, pid: number): UserSymbol {
    this.#user ??= new UserSymbols();
    return this.#user.lookup(pid, address);
  }

  userFrames(address: bigint, pid: number, style: NameStyle, returned: boolean): readonly FrameName[] {
    const own = this.user(address, pid, style);
    const frames = this.#user?.frames(pid, address, returned) ?? null;
    if (frames === null) return [{ name: own, source: null }];
    return frames.map(({ inlined, source }) => ({
      name: inlined === null ? own : `${style.demangle === true ? demangle(inlined) : inlined} (inlined)`,
      source: source === null ? null : `${source.file}:${String(source.line)}`,
    }));
  }

  capture(pid: number): void {
    this.#user ??= new UserSymbols();
    this.#user.capture(pid);
  }

  watch(): () => void {
    this.#user ??= new UserSymbols();
    const watching = this.#user.watch();
    return () => watching.close();
  }

  look(): void {
    this.#user?.look();
  }

  hidesKernel(): boolean {
    return (this.#kernel ?? this.#reread())?.restricted ?? false;
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
