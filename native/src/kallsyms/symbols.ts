import { readFileSync } from 'node:fs';
import { NameIndex } from './name-index.ts';
import { parseKallsyms } from './parse.ts';
import type { SymbolTable } from './parse.ts';

export interface KernelSymbol {
  readonly name: string;
  /** '' for the kernel itself, `bpf` for BPF programs. */
  readonly module: string;
  /** Bytes from the symbol's start. */
  readonly offset: number;
  readonly address: bigint;
}

/** Kernel addresses minus this are exact as doubles: 2^52 is the largest. */
const BASE = 0xfff0_0000_0000_0000n;
/** No function is longer: an address further from any symbol belongs to none. */
const LONGEST = 16 << 20;
const KALLSYMS = '/proc/kallsyms';

/**
 * The kernel's symbols with its modules and BPF programs, as they were when read: by address and by name. Holds the
 * text of /proc/kallsyms and numbers beside it; strings are made when asked for.
 */
export class KernelSymbols {
  readonly #table: SymbolTable;
  #names: NameIndex | null = null;

  constructor(text: Uint8Array) {
    this.#table = parseKallsyms(text);
  }

  /** Some 60 ms for 200,000 symbols, most of it the kernel's. Needs CAP_SYSLOG, or kptr_restrict 0, to see addresses. */
  static read(path: string = KALLSYMS): KernelSymbols {
    return new KernelSymbols(readFileSync(path));
  }

  get count(): number {
    return this.#table.count;
  }

  /** All addresses are zero: this process may not see them (kernel.kptr_restrict). */
  get restricted(): boolean {
    const { addresses, count } = this.#table;
    return count > 0 && (addresses[count - 1] ?? 0) <= 0;
  }

  /** The symbol that an address is in; null for user addresses and places between symbols. */
  lookup(address: bigint): KernelSymbol | null {
    const wanted = Number(BigInt.asUintN(64, address) - BASE);
    if (wanted < 0) return null;
    const { order, addresses } = this.#table;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((addresses[order[middle] ?? 0] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    const found = this.#preferred(low - 1);
    const start = addresses[found] ?? 0;
    if (start < 0 || wanted - start > LONGEST) return null;
    return this.#symbol(found, wanted - start);
  }

  /** Address of a name; in any module when none is given, the kernel's own first. Null when there is none. */
  address(name: string, module: string | null = null): bigint | null {
    for (const symbol of this.symbols(name)) if (module === null || symbol.module === module) return symbol.address;
    return null;
  }

  /** Every symbol with this name: static functions of different files share names. */
  symbols(name: string): KernelSymbol[] {
    this.#names ??= new NameIndex(this.#table);
    return this.#names.find(name).map((index) => this.#symbol(index, 0));
  }

  /** Functions in the order of the file: `name`, and the module or ''. Names may repeat. */
  *functions(): Generator<{ readonly name: string; readonly module: string }> {
    const { count, types } = this.#table;
    for (let index = 0; index < count; index++) {
      const type = types[index];
      // t T w W
      if (type !== 0x74 && type !== 0x54 && type !== 0x77 && type !== 0x57) continue;
      yield { name: this.#name(index), module: this.#module(index) };
    }
  }

  /** Names of the modules that have symbols. */
  get modules(): readonly string[] {
    return this.#table.modules.slice(1);
  }

  /** Of several symbols at one address the first global one, else the first: what people call the place. */
  #preferred(last: number): number {
    const { order, addresses, types } = this.#table;
    const address = addresses[order[last] ?? 0];
    let best = order[last] ?? 0;
    for (let at = last; at >= 0; at--) {
      const index = order[at] ?? 0;
      if (addresses[index] !== address) break;
      if (isGlobal(types[index] ?? 0) || !isGlobal(types[best] ?? 0)) best = index;
    }
    return best;
  }

  #symbol(index: number, offset: number): KernelSymbol {
    const address = BigInt(this.#table.addresses[index] ?? 0) + BASE;
    return { name: this.#name(index), module: this.#module(index), offset, address };
  }

  #name(index: number): string {
    const { text, nameStarts, nameLengths } = this.#table;
    const start = nameStarts[index] ?? 0;
    return Buffer.from(text.buffer, text.byteOffset + start, nameLengths[index] ?? 0).toString('latin1');
  }

  #module(index: number): string {
    return this.#table.modules[this.#table.moduleOf[index] ?? 0] ?? '';
  }
}

/** Upper case letter: visible outside its file. */
const isGlobal = (type: number): boolean => type < 0x61;
