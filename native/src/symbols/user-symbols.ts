/** Names for addresses of processes. */
import { statSync } from 'node:fs';
import type { SourceLine } from '../dwarf/line-rows.ts';
import { findRange, readMemoryMap } from '../procfs/memory-map.ts';
import type { MemoryRange } from '../procfs/memory-map.ts';
import { uptimeSeconds } from '../procfs/clock.ts';
import { namespaceOf } from '../procfs/namespace.ts';
import { executableOf, startTicksOf } from '../procfs/process.ts';
import type { Closeable } from '../sys/handle.ts';
import { Binary } from './binary.ts';
import { LruCache } from './lru.ts';
import { PerfMaps } from './perf-maps.ts';
import { SeenProcesses } from './seen-processes.ts';
import { vdsoSymbols } from './vdso.ts';

/** Why an address has no name: shown to people, with what helps. */
export type Unnamed =
  /** The process ended before its mappings were seen. */
  | 'exited'
  /** The binary has no symbol there. */
  | 'stripped'
  /** Code that a JIT compiler made and wrote no perf map for. */
  | 'jit'
  /** The binary could not be read. */
  | 'unreadable'
  /** No memory of the process. */
  | 'unmapped';

export interface UserSymbol {
  /** As in the binary (mangled); null when there is none. */
  readonly name: string | null;
  /** Bytes from the symbol's start, 0 without a name. */
  readonly offset: number;
  /** The binary's path in its own mount namespace, `[vdso]`, `[jit]`; null when unknown. */
  readonly module: string | null;
  /** Address as in the binary's ELF file (what addr2line takes); the process's address where there is no file. */
  readonly address: number;
  readonly reason: Unnamed | null;
}

/** A function that an address is in: the one that the code belongs to, or one that was put into it. */
export interface UserFrame {
  /** null: the symbol's own function. */
  readonly inlined: string | null;
  readonly source: SourceLine | null;
}

interface Process {
  /** Together with the pid, which process it is; the executable tells when it became another program (execve). */
  readonly startTicks: number | null;
  readonly executable: string | null;
  ranges: readonly MemoryRange[];
  /** When (performance.now) the ranges were read, the process was looked at. */
  readAt: number;
  checkedAt: number;
  /** Wall time in milliseconds; of one whose start was not seen, when it was first asked for, less what it may have lived. */
  readonly since: number;
  gone: boolean;
  /** Its files are being read, or are not ended with it. */
  kept: boolean;
  /** Addresses already named; empty again when the mappings change. */
  readonly named: Map<number, UserSymbol>;
}

interface CachedBinary {
  /** null: cannot be read. */
  readonly binary: Binary | null;
  /** Modification time and size: another file may have got the inode number. */
  readonly stamp: string;
  checkedAt: number;
}

export interface UserSymbolsOptions {
  /** Bytes of symbol tables to keep; default 128 MiB. */
  readonly cacheBytes?: number;
  /** Processes whose mappings are remembered, also after they ended; default 2000. */
  readonly processes?: number;
}

/** A process's mappings are read again at most so often, in milliseconds. */
const REFRESH_MS = 1000;
const JIT = '[jit]';
/** Addresses remembered for a process. */
const NAMED_MOST = 20_000;
/** Files that wait to be read. */
const WAITING_MOST = 4096;
/** For reading them, at each look, in milliseconds; at least one is read. */
const READING_MS = 10;
const TICK_MS = 10;
/** Until it is told that a process was there, at most; and what its clock and ours may be apart. */
const UNSEEN_MS = 60_000;
const CLOCKS_MS = 1000;

/**
 * Resolves user addresses. Mappings are taken when a process is first seen (`capture`), so that it stays named after it
 * ended; symbol tables are shared by all processes that map the same file.
 */
export class UserSymbols {
  readonly #binaries: LruCache<string, CachedBinary>;
  readonly #processes: LruCache<number, Process>;
  readonly #perfMaps = new PerfMaps();
  readonly #seen = new SeenProcesses((pid) => this.forget(pid));
  /** Files that end with their process: in containers, deleted ones. */
  readonly #waiting: (() => void)[] = [];

  constructor(options: UserSymbolsOptions = {}) {
    this.#binaries = new LruCache(options.cacheBytes ?? 128 << 20, ({ binary }) => binary?.bytes ?? 256);
    this.#processes = new LruCache(options.processes ?? 2000, () => 1);
  }

  /**
   * Remembers a process's mappings now. Cheap when it is known; false when it is gone already. `look` reads the names that
   * would end with the process.
   */
  capture(pid: number): boolean {
    const process = this.#process(pid);
    if (!process.gone && !process.kept) this.#keep(pid, process);
    // What a compiler makes comes later than the mappings that were read, and so does its map.
    if (!process.gone) this.#perfMaps.read({ pid, ...process });
    return process.ranges.length > 0;
  }

  /**
   * Until what it returns is closed, processes are remembered from their first moment, so that also those that live for a
   * millisecond have names. Costs a little for every process that starts on the host.
   */
  watch(): Closeable {
    return this.#seen.watch();
  }

  /**
   * Takes in what happened while watching; the kernel's buffers hold some hundreds of process starts for each CPU. Then
   * reads some of what waits.
   */
  look(): void {
    this.#seen.drain();
    const end = performance.now() + READING_MS;
    for (let read = this.#waiting.shift(); read !== undefined; read = this.#waiting.shift()) {
      read();
      if (performance.now() > end) break;
    }
  }

  /** `pid` in our pid namespace. */
  lookup(pid: number, address: bigint | number): UserSymbol {
    const at = Number(address);
    const process = this.#process(pid);
    const known = process.named.get(at);
    if (known !== undefined) return known;
    const symbol = this.#resolve(pid, process, at);
    if (symbol.reason === null && symbol.module !== JIT) {
      if (process.named.size >= NAMED_MOST) process.named.clear();
      process.named.set(at, symbol);
    }
    return symbol;
  }

  /**
   * The source of an address, by debugging information: functions that were put into others come first; the last one is
   * the function that `lookup` names. Null without debugging information. `returned`: the address is that after a call,
   * whose line is the one asked for.
   */
  frames(pid: number, address: bigint | number, returned: boolean): readonly UserFrame[] | null {
    const at = Number(address);
    const process = this.#process(pid);
    const range = findRange(process.ranges, at) ?? this.#seenRange(pid, at);
    if (range === null || !isFile(range)) return null;
    const binary = this.#binary(pid, range);
    const found = binary?.lookup(at - range.start + range.offset) ?? null;
    return found === null ? null : (binary?.framesAt(found.address - (returned ? 1 : 0)) ?? null);
  }

  /** Forgets a process, not its binaries. */
  forget(pid: number): void {
    this.#processes.delete(pid);
    this.#perfMaps.delete(pid);
  }

  /** Bytes of symbol tables held, about. */
  get cachedBytes(): number {
    return this.#binaries.weight + this.#perfMaps.bytes;
  }

  clear(): void {
    this.#binaries.clear();
    this.#processes.clear();
    this.#perfMaps.clear();
    this.#waiting.length = 0;
  }

  /** A process that is there: what nobody can read after its end is read soon. */
  #keep(pid: number, process: Process): void {
    process.kept = true;
    const own = namespaceOf('self', 'mnt');
    const elsewhere = namespaceOf(pid, 'mnt')?.ino !== own?.ino;
    for (const range of process.ranges) {
      if (!range.executable || !isFile(range) || (!elsewhere && !range.deleted)) continue;
      if (this.#waiting.length >= WAITING_MOST) return;
      this.#waiting.push(() => {
        // Not of another process that has the pid now.
        if (startTicksOf(pid) === process.startTicks) this.#binary(pid, range);
      });
    }
  }

  #resolve(pid: number, process: Process, at: number): UserSymbol {
    let range = findRange(process.ranges, at);
    if (range === null && this.#refresh(pid, process)) range = findRange(process.ranges, at);
    // A library that was loaded after the process was looked at, before it ended.
    range ??= this.#seenRange(pid, at);
    if (range === null) {
      const reason = process.ranges.length === 0 ? 'exited' : 'unmapped';
      return { name: null, offset: 0, module: null, address: at, reason };
    }
    if (range.path === '[vdso]') return this.#inBinary(vdsoSymbols(), range, at);
    if (isFile(range)) {
      return this.#inBinary(this.#binary(pid, range), range, at);
    }
    return this.#inJit(pid, process, at);
  }

  #inBinary(binary: Binary | null, range: MemoryRange, at: number): UserSymbol {
    const offset = at - range.start + range.offset;
    const found = binary?.lookup(offset) ?? null;
    const module = range.path;
    if (found === null) {
      return { name: null, offset: 0, module, address: offset, reason: binary === null ? 'unreadable' : 'unmapped' };
    }
    const { symbol, address } = found;
    if (symbol === null) return { name: null, offset: 0, module, address, reason: 'stripped' };
    return { name: symbol.name, offset: address - symbol.address, module, address, reason: null };
  }

  #inJit(pid: number, process: Process, at: number): UserSymbol {
    const found = this.#perfMaps.lookup({ pid, ...process }, at);
    if (found === null) return { name: null, offset: 0, module: JIT, address: at, reason: 'jit' };
    return { name: found.name, offset: found.offset, module: JIT, address: at, reason: null };
  }

  /** What is known of the process that has this pid now, or that had it last. Looked at again once a second. */
  #process(pid: number): Process {
    // First what happened: it may be another program by now.
    this.#seen.drain();
    const known = this.#processes.get(pid);
    const now = performance.now();
    if (known !== undefined && now - known.checkedAt < REFRESH_MS) return known;
    const startTicks = startTicksOf(pid);
    const executable = executableOf(pid);
    const same = known?.startTicks === startTicks && known?.executable === executable;
    if (known !== undefined && (startTicks === null || same)) {
      known.gone = startTicks === null;
      known.checkedAt = now;
      return known;
    }
    const fresh: Process = {
      startTicks,
      executable,
      ranges: this.#rangesOf(pid),
      readAt: now,
      checkedAt: now,
      since: (startTicks === null ? Date.now() - UNSEEN_MS : startedAt(startTicks)) - CLOCKS_MS,
      gone: startTicks === null,
      kept: false,
      named: new Map(),
    };
    this.forget(pid);
    this.#processes.set(pid, fresh);
    return fresh;
  }

  #rangesOf(pid: number): readonly MemoryRange[] {
    const ranges = readMemoryMap(pid) ?? [];
    if (ranges.length > 0) this.#seen.adopt(pid, ranges);
    return ranges.length > 0 ? ranges : (this.#seen.ranges(pid) ?? []);
  }

  #seenRange(pid: number, at: number): MemoryRange | null {
    this.#seen.drain();
    return findRange(this.#seen.ranges(pid) ?? [], at);
  }

  /** Mappings again, because an address is in none: a library was loaded. Whether there is something new. */
  #refresh(pid: number, process: Process): boolean {
    if (process.gone || performance.now() - process.readAt < REFRESH_MS) return false;
    process.readAt = performance.now();
    const ranges = readMemoryMap(pid);
    if (ranges === null || ranges.length === 0) {
      process.gone = true;
      return false;
    }
    process.ranges = ranges;
    process.kept = false;
    process.named.clear();
    return true;
  }

  #binary(pid: number, range: MemoryRange): Binary | null {
    const root = `/proc/${pid}/root`;
    // A deleted or replaced file is still there behind the mapping; so is one outside of where chroot(2) led.
    const mapped = `/proc/${pid}/map_files/${range.start.toString(16)}-${range.end.toString(16)}`;
    const path = range.deleted || stampOf(root + range.path) === null ? mapped : root + range.path;
    const key = `${range.device}:${range.inode}`;
    const now = performance.now();
    const seen = this.#binaries.get(key);
    // Whether the file has changed is asked once a second.
    if (seen !== undefined && now - seen.checkedAt < REFRESH_MS) return seen.binary;
    const stamp = stampOf(path);
    if (seen !== undefined && (stamp === null || stamp === seen.stamp)) {
      seen.checkedAt = now;
      return seen.binary;
    }
    let binary = Binary.open(path, root, range.path);
    // The process is gone; its file may be there for us, if it is the same one.
    if (binary === null && !range.deleted && inodeOf(range.path) === range.inode) binary = Binary.open(range.path, '');
    this.#binaries.set(key, { binary, stamp: stamp ?? '', checkedAt: now });
    return binary;
  }
}

const startedAt = (ticks: number): number => Date.now() - uptimeSeconds() * 1000 + ticks * TICK_MS;

const isFile = ({ path, inode }: MemoryRange): boolean =>
  path.startsWith('/') && inode !== 0 && !path.startsWith('/memfd:');

const stampOf = (path: string): string | null => {
  try {
    const stat = statSync(path);
    return `${stat.mtimeMs}:${stat.size}`;
  } catch {
    return null;
  }
};

const inodeOf = (path: string): number | null => {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
};
