import {
  ADDRESS_BASE,
  addressAt,
  exactAddressAt,
  isGlobal,
  lineAt,
  moduleOf,
  nameOf,
  nextLine,
  TAB,
  typeAt,
} from './line.ts';
import { Chunks } from './chunks.ts';
import { readModulePart } from './module-part.ts';
import type { ModulePart } from './module-part.ts';
import { NameIndex, scanForName } from './name-index.ts';
import { readGrowing } from './read.ts';

export interface KernelSymbol {
  readonly name: string;
  /** '' for the kernel itself, `bpf` for BPF programs. */
  readonly module: string;
  /** Bytes from the symbol's start. */
  readonly offset: number;
  readonly address: bigint;
}

/** No function is longer: an address further from any symbol belongs to none. */
const LONGEST = 16 << 20;
/** So far from a symbol of the kernel's image, an address may as well be in a module. */
const LONG = 64 << 10;
/** Names are looked for in the text so often before they get an index. */
const SCANS = 4;
const KALLSYMS = '/proc/kallsyms';

/**
 * The kernel's symbols with its modules and BPF programs, as they were when read: by address and by name. Holds the text
 * of /proc/kallsyms and looks things up in it. The kernel's own part is sorted by address (kernel/kallsyms.c bisects it
 * too), so nothing is built for it; modules are sorted at the first address that may be in one, names are hashed when
 * many are asked for.
 */
export class KernelSymbols {
  readonly #text: Uint8Array;
  /** Where the modules begin: the first line with a module's name. */
  readonly #modulesAt: number;
  readonly #chunks: Chunks;
  #modules: ModulePart | null = null;
  #names: NameIndex | null = null;
  #scans = 0;

  constructor(text: Uint8Array) {
    this.#text = text;
    const tab = text.indexOf(TAB);
    this.#modulesAt = tab < 0 ? text.length : lineAt(text, tab);
    this.#chunks = new Chunks(text, this.#modulesAt);
  }

  /** The time is the kernel's, some 0.35 us a symbol. Needs CAP_SYSLOG, or kptr_restrict 0, to see addresses. */
  static read(path: string = KALLSYMS): KernelSymbols {
    return new KernelSymbols(readGrowing(path));
  }

  /** Lines. */
  get count(): number {
    let count = 0;
    for (let line = 0; line < this.#text.length; line = nextLine(this.#text, line)) count++;
    return count;
  }

  /** Bytes held, about. */
  get bytes(): number {
    return this.#text.length + (this.#modules?.lines.length ?? 0) * 12 + (this.#names?.bytes ?? 0);
  }

  /** All addresses are zero: this process may not see them (kernel.kptr_restrict). */
  get restricted(): boolean {
    const last = this.#text.length - 1;
    return last >= 0 && addressAt(this.#text, lineAt(this.#text, last)) <= 0;
  }

  /** The symbol that an address is in; null for user addresses and places between symbols. */
  lookup(address: bigint): KernelSymbol | null {
    const wanted = Number(BigInt.asUintN(64, address) - ADDRESS_BASE);
    if (wanted < 0) return null;
    let line = this.#inKernel(wanted);
    let start = line === null ? -1 : addressAt(this.#text, line);
    if (start < 0 || wanted - start > LONG) {
      const other = this.#inModules(wanted);
      if (other !== null && addressAt(this.#text, other) > start) line = other;
      if (line !== null) start = addressAt(this.#text, line);
    }
    if (line === null || start < 0 || wanted - start > LONGEST) return null;
    return this.#symbol(line, wanted - start);
  }

  /** Address of a name; in any module when none is given, the kernel's own first. Null when there is none. */
  address(name: string, module: string | null = null): bigint | null {
    for (const symbol of this.symbols(name)) if (module === null || symbol.module === module) return symbol.address;
    return null;
  }

  /** Every symbol with this name: static functions of different files share names. */
  symbols(name: string): KernelSymbol[] {
    const bytes = Buffer.from(name, 'latin1');
    if (bytes.length === 0) return [];
    if (this.#names === null && this.#scans++ >= SCANS) this.#names = new NameIndex(this.#text);
    const lines = this.#names?.find(bytes) ?? scanForName(this.#text, bytes);
    return lines.map((line) => this.#symbol(line, 0));
  }

  /** Names of the modules that have symbols. */
  get modules(): readonly string[] {
    const names = new Set<string>();
    const text = this.#text;
    for (let line = this.#modulesAt; line < text.length; line = nextLine(text, line)) names.add(moduleOf(text, line));
    names.delete('');
    return [...names];
  }

  /** The line of the kernel's own part that the address follows, of several at one address what people call the place. */
  #inKernel(wanted: number): number | null {
    const text = this.#text;
    // Every line that begins before `low` is at or below the address, every one from `high` on above it.
    let [low, high] = this.#chunks.around(wanted);
    while (low < high) {
      const line = lineAt(text, (low + high) >>> 1);
      if (addressAt(text, line) <= wanted) low = Math.min(nextLine(text, line), high);
      else high = line;
    }
    if (low === 0) return null;
    const last = lineAt(text, Math.max(0, low - 2));
    return this.#preferred(last, (line) => (line === 0 ? null : lineAt(text, Math.max(0, line - 2))));
  }

  #inModules(wanted: number): number | null {
    this.#modules ??= readModulePart(this.#text, this.#modulesAt);
    const { addresses, lines } = this.#modules;
    let low = 0;
    let high = addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((addresses[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    let at = low - 1;
    const last = lines[at];
    return last === undefined ? null : this.#preferred(last, () => lines[--at] ?? null);
  }

  /** Of several symbols at one address the first global one, else the first. */
  #preferred(last: number, before: (line: number) => number | null): number {
    const text = this.#text;
    const address = addressAt(text, last);
    let best = last;
    for (let line: number | null = last; line !== null && addressAt(text, line) === address; line = before(line)) {
      if (isGlobal(typeAt(text, line)) || !isGlobal(typeAt(text, best))) best = line;
    }
    return best;
  }

  #symbol(line: number, offset: number): KernelSymbol {
    const text = this.#text;
    const near = addressAt(text, line);
    const address = near < 0 ? exactAddressAt(text, line) : BigInt(near) + ADDRESS_BASE;
    return { name: nameOf(text, line), module: moduleOf(text, line), offset, address };
  }
}
