/** Programs and libraries as the compiler asks for them. */
import { debugInfos, lineOffsets, type TypeTag } from '@bpfscope/native/dwarf';
import {
  debugFileAdvice,
  ElfError,
  ElfFile,
  ElfSymbols,
  globBudget,
  readUsdt,
  resolveBinaries,
  startsInstruction,
  TooManyFiles,
} from '@bpfscope/native/elf';
import { lackOf } from '@bpfscope/native/features';
import { readSymbolTables } from '@bpfscope/native/symbols';
import { mappedFiles, userFunction, userType } from '../host/index.ts';
import type { FunctionPrototype, UserBinary } from '../language/target.ts';
import type { Type } from '../language/types.ts';

/** The mount namespace of a process, in a path that leads there. */
const NAMESPACE = /^(\/proc\/\d+\/root)(\/.*)$/;

/** Binaries whose symbols are kept: a query names few, a wildcard may lead to all of a host. */
const KEPT = 32;

/** Files that the wildcards of one query may lead to: the symbols of each are read. */
const MOST_FILES = 512;

/**
 * What was found since the event loop went on: a query may name one binary a thousand times, and answers are the same
 * until then. The budget bounds how much of the file system the wildcards of one query go through.
 */
class Found {
  readonly budget = globBudget();
  #reads = MOST_FILES;
  readonly #read = new Set<string>();
  readonly #paths = new Map<string, readonly string[] | TooManyFiles>();
  readonly #binaries = new Map<string, UserBinary>();

  paths(pattern: string, root: string): readonly string[] | TooManyFiles {
    const key = `${root} ${pattern}`;
    const known = this.#paths.get(key) ?? this.#resolve(pattern, root);
    this.#paths.set(key, known);
    return known;
  }

  /** Whether the files of a pattern may be read: few stay read. */
  mayRead(key: string, { length }: readonly string[]): boolean {
    if (length === 1 || (length <= KEPT && this.#read.has(key))) return true;
    this.#reads -= length;
    if (this.#reads >= 0) this.#read.add(key);
    return this.#reads >= 0;
  }

  binary(path: string, root: string): UserBinary {
    const key = `${root} ${path}`;
    const binary = this.#binaries.get(key) ?? new LiveBinary(path, root);
    // Those asked for last are kept.
    this.#binaries.delete(key);
    this.#binaries.set(key, binary);
    const [oldest] = this.#binaries.keys();
    if (this.#binaries.size > KEPT && oldest !== undefined) this.#binaries.delete(oldest);
    return binary;
  }

  #resolve(pattern: string, root: string): readonly string[] | TooManyFiles {
    try {
      return resolveBinaries(pattern, { root, budget: this.budget });
    } catch (error) {
      if (error instanceof TooManyFiles) return error;
      throw error;
    }
  }
}

let found: Found | null = null;

function now(): Found {
  if (found === null) {
    found = new Found();
    setImmediate(() => (found = null)).unref();
  }
  return found;
}

export function binaries(pattern: string, pid: number | null): readonly UserBinary[] {
  const [, inside = null, rest = pattern] = NAMESPACE.exec(pattern) ?? [];
  const root = inside ?? (pid === null ? '' : `/proc/${pid}/root`);
  const at = now();
  if (pid !== null && pattern === '*') return mappedFiles(pid).map((path) => at.binary(`${root}${path}`, root));
  const mapped = pid === null ? [] : mappedFiles(pid).filter((path) => isCalled(path, pattern));
  const paths = mapped.length > 0 ? mapped.map((path) => root + path) : at.paths(rest, root);
  if (paths instanceof TooManyFiles || !at.mayRead(`${root} ${rest}`, paths)) return [new Unreachable(pattern)];
  return paths.map((path) => at.binary(path, root));
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
  readonly #stripped = new Map<'symbols' | 'debug-info', string | null>();
  #symbols: readonly UserSymbolRow[] | null = null;
  #usdt: ReturnType<UserBinary['usdt']> | null = null;
  #isGo: boolean | null = null;

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
    return (this.#usdt ??= this.#read((file) => readUsdt(file)));
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
    return (this.#isGo ??= this.#read((file) => [file.sections.some(({ name }) => GO_SECTION.test(name))])[0] ?? false);
  }

  stripped(what: 'symbols' | 'debug-info'): string | null {
    const known = this.#stripped.get(what);
    const advice = known === undefined ? this.#advice(what) : known;
    this.#stripped.set(what, advice);
    return advice;
  }

  #advice(what: 'symbols' | 'debug-info'): string | null {
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

/** A pattern that leads through more files than it may. */
class Unreachable implements UserBinary {
  readonly path: string;

  constructor(pattern: string) {
    this.path = pattern;
  }

  problem(): string {
    return 'its wildcards, or those of the query, lead through too many files';
  }

  symbols(): [] {
    return [];
  }

  usdt(): [] {
    return [];
  }

  line(): [] {
    return [];
  }

  variable(): null {
    return null;
  }

  addressOf(): null {
    return null;
  }

  prototype(): null {
    return null;
  }

  startsInstruction(): null {
    return null;
  }
}

type UserSymbolRow = ReturnType<UserBinary['symbols']>[number];
