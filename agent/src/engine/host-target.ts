/** The facts of this host for the compiler, put together from the parts of native. */
import { debugInfos, lineOffsets, type TypeTag } from '@bpfscope/native/dwarf';
import {
  debugFileAdvice,
  ElfError,
  ElfFile,
  ElfSymbols,
  readUsdt,
  resolveBinaries,
  startsInstruction,
} from '@bpfscope/native/elf';
import { featureLack, has, lackOf } from '@bpfscope/native/features';
import { KernelSymbols } from '@bpfscope/native/kallsyms';
import { demangle, readSymbolTables } from '@bpfscope/native/symbols';
import { liveTarget, mappedFiles, userFunction, userType } from '../host/index.ts';
import type { FunctionPrototype, Target, UserBinary } from '../language/target.ts';
import type { Type } from '../language/types.ts';

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

/** The mount namespace of a process, in a path that leads there. */
const NAMESPACE = /^(\/proc\/\d+\/root)(\/.*)$/;

function binaries(pattern: string, pid: number | null): readonly UserBinary[] {
  const [, inside = null, rest = pattern] = NAMESPACE.exec(pattern) ?? [];
  const root = inside ?? (pid === null ? '' : `/proc/${pid}/root`);
  if (pid !== null && pattern === '*') return mappedFiles(pid).map((path) => new LiveBinary(`${root}${path}`, root));
  const mapped = pid === null ? [] : mappedFiles(pid).filter((path) => isCalled(path, pattern));
  const paths = mapped.length > 0 ? mapped.map((path) => root + path) : resolveBinaries(rest, { root });
  return paths.map((path) => new LiveBinary(path, root));
}

/** A library that a process has is that one, wherever it came from: another of the same name it never calls. */
function isCalled(path: string, name: string): boolean {
  const own = path.slice(path.lastIndexOf('/') + 1);
  return own === name || own.startsWith(`${name}.so`);
}

const isDenied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');

/** Linkers keep them in stripped programs, too; in position-independent ones the first has a longer name. */
const GO_SECTION = /gopclntab$|^\.go\.buildinfo$/;

/** Reads the file when it is asked something. */
class LiveBinary implements UserBinary {
  readonly path: string;
  readonly #root: string;
  #symbols: readonly UserSymbolRow[] | null = null;

  /** `root`: that the path begins with, '' for this mount namespace. */
  constructor(path: string, root: string) {
    this.path = path;
    this.#root = root;
  }

  /** The path as its mount namespace has it. */
  get #inside(): string {
    return this.path.slice(this.#root.length);
  }

  symbols(): readonly UserSymbolRow[] {
    return (this.#symbols ??= this.#read((file) => {
      const { tables } = readSymbolTables(file, this.#root, this.#inside);
      const seen = new Set<string>();
      const rows: UserSymbolRow[] = [];
      for (const { name, address, size, indirect } of tables.flatMap((table) => [...table.all()])) {
        const offset = file.offsetOf(address);
        const key = `${offset ?? 0} ${name}`;
        // A table may repeat what another one has.
        if (offset === null || (tables.length > 1 && seen.has(key))) continue;
        if (tables.length > 1) seen.add(key);
        rows.push({ name, offset, address: BigInt(address), size, ...(indirect === true ? { indirect } : {}) });
      }
      return rows;
    }));
  }

  variable(name: string): ReturnType<UserBinary['variable']> {
    const [found] = this.#read((file) => new ElfSymbols(file, 'object').find(name));
    return found === undefined ? null : { address: BigInt(found.address), size: found.size };
  }

  addressOf(offset: number): bigint | null {
    const [address = null] = this.#read((file) => [file.addressOf(offset)]);
    return address === null ? null : BigInt(address);
  }

  usdt(): ReturnType<UserBinary['usdt']> {
    return this.#read((file) => readUsdt(file));
  }

  type(tag: TypeTag, name: string, offset: number): Type | null {
    return userType(this.#inside, this.#root, offset, tag, name);
  }

  prototype(symbol: string, offset: number): FunctionPrototype | null {
    return userFunction(this.#inside, this.#root, symbol, offset);
  }

  startsInstruction(from: number, at: number): boolean | null {
    return this.#read((file) => [startsInstruction(file, from, at)])[0] ?? null;
  }

  problem(): string | null {
    try {
      ElfFile.open(this.path).close();
      return null;
    } catch (error) {
      if (error instanceof ElfError) return `it is ${error.message}`;
      return isDenied(error) ? `reading it ${lackOf(['CAP_DAC_READ_SEARCH']).reason}` : 'it cannot be read';
    }
  }

  isGo(): boolean {
    const [found = false] = this.#read((file) => [file.sections.some(({ name }) => GO_SECTION.test(name))]);
    return found;
  }

  stripped(what: 'symbols' | 'debug-info'): string | null {
    const path = this.#inside;
    const [advice = null] = this.#read((file) => {
      const { tables } = what === 'symbols' ? readSymbolTables(file, this.#root, path) : { tables: [] };
      const there =
        what === 'symbols' ? file.hasSymbols || tables.length > 1 : debugInfos.find(path, this.#root) !== null;
      return there ? [] : [debugFileAdvice(file)];
    });
    return advice;
  }

  line(source: string, line: number): readonly number[] {
    return this.#read((file) => lineOffsets(file, { source, line, root: this.#root, path: this.#inside }));
  }

  #read<T>(look: (file: ElfFile) => readonly T[]): readonly T[] {
    try {
      const file = ElfFile.open(this.path);
      try {
        return look(file);
      } finally {
        file.close();
      }
    } catch {
      return [];
    }
  }
}

type UserSymbolRow = ReturnType<UserBinary['symbols']>[number];
