/** The user-space side of unwinding: tables of binaries and mappings of processes, in maps for `makeWalker`. */
import { ElfFile } from '../elf/file.ts';
import { BpfMap } from '../map/map.ts';
import { readMemoryMap } from '../procfs/memory-map.ts';
import type { MemoryRange } from '../procfs/memory-map.ts';
import type { Closeable } from '../sys/handle.ts';
import { Scope } from '../sys/handle.ts';
import { framesOf, MAPPING, PROCESS, ROW, RULE, STACK_ENDS, stackEndsAt } from './walk/layout.ts';
import type { UnwindMap } from './walk/layout.ts';
import type { UnwindRule } from './rule.ts';
import { MAPPINGS_EACH, RULES, unwindMapSpecs } from './walk/map-specs.ts';
import type { UnwindMapsOptions } from './walk/map-specs.ts';
import { UnwindTable } from './table.ts';

/** What a process's stacks can be unwound through. */
export interface Covered {
  /** Binaries with a table. */
  readonly binaries: readonly string[];
  /** Mapped code without one, and why: stacks end there. */
  readonly missing: readonly { readonly path: string; readonly reason: NoTable }[];
}

export type NoTable =
  /** The binary was built without .eh_frame. */
  | 'no-table'
  | 'unreadable'
  /** The maps have no room for its table, or for so many mappings of one process. */
  | 'no-room';

/** A table's rows in the map. */
interface Placed {
  readonly base: number;
  readonly first: number;
  readonly count: number;
}

interface Mapped {
  readonly start: number;
  readonly end: number;
  /** Where place 0 of the table is in the process. */
  readonly base: number;
  readonly placed: Placed;
}

export class UnwindMaps {
  readonly frames: number;
  readonly #maps: Readonly<Record<UnwindMap, BpfMap>>;
  readonly #most: number;
  #rows = 0;
  /** Rules are shared by all tables, as they are by all rows. */
  readonly #rules = new Map<string, number>();
  /** By file and build id; what cannot be unwound stays known as that. */
  readonly #tables = new Map<string, Placed | NoTable>();
  readonly #slots = new Map<number, number>();
  /** Of each process, what its mappings in the map are. */
  readonly #written = new Map<number, string>();
  readonly #free: number[];

  /** `maps`: made of `unwindMapSpecs`; whose they are closes them. */
  constructor(maps: Readonly<Record<UnwindMap, BpfMap>>) {
    this.#maps = maps;
    this.frames = framesOf(maps.stack.spec.valueSize);
    this.#most = maps.rows.spec.maxEntries;
    const processes = maps.processes.spec.maxEntries;
    this.#free = Array.from({ length: processes }, (_, index) => processes - 1 - index);
  }

  /** With maps of its own. Throws SyscallError when the kernel makes none. */
  static create(options: UnwindMapsOptions = {}): UnwindMaps & Closeable {
    const scope = new Scope();
    const specs = unwindMapSpecs(options);
    const make = (name: UnwindMap): BpfMap => scope.add(BpfMap.create(specs[name]));
    try {
      const maps = new UnwindMaps({
        processes: make('processes'),
        mappings: make('mappings'),
        rows: make('rows'),
        rules: make('rules'),
        stack: make('stack'),
      });
      return Object.assign(maps, { close: () => scope.close() });
    } catch (error) {
      scope.close();
      throw error;
    }
  }

  map(name: UnwindMap): BpfMap {
    return this.#maps[name];
  }

  /** Rows in use, of all binaries. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether there is room for a process more. */
  get hasRoom(): boolean {
    return this.#free.length > 0;
  }

  /** How often programs ended a stack how, by StackEnd; [0]: stacks of processes without tables. */
  ends(): readonly number[] {
    const { stack } = this.#maps;
    const value = stack.lookup(new Uint8Array(4));
    const ends = Array<number>(STACK_ENDS).fill(0);
    if (value === null) return ends;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    for (let copy = 0; copy < value.byteLength; copy += value.byteLength / stack.cpus) {
      for (let end = 0; end < STACK_ENDS; end++) {
        ends[end]! += Number(view.getBigUint64(copy + stackEndsAt(this.frames) + end * 8, true));
      }
    }
    return ends;
  }

  /** Makes a process's stacks walkable, or looks at its mappings again. Null when it is gone or there is no room. */
  add(pid: number): Covered | null {
    const ranges = readMemoryMap(pid)?.filter(({ executable }) => executable) ?? [];
    if (ranges.length === 0) return null;
    const slot = this.#slots.get(pid) ?? this.#free.pop();
    if (slot === undefined) return null;
    this.#slots.set(pid, slot);
    const missing: { path: string; reason: NoTable }[] = [];
    const mapped: Mapped[] = [];
    const binaries: string[] = [];
    for (const range of ranges) {
      const one = range.inode === 0 ? 'no-table' : this.#mapped(pid, range);
      if (typeof one === 'string') missing.push({ path: range.path, reason: one });
      else if (mapped.length === MAPPINGS_EACH) missing.push({ path: range.path, reason: 'no-room' });
      else {
        mapped.push(one);
        binaries.push(range.path);
      }
    }
    this.#write(pid, slot * MAPPINGS_EACH, mapped);
    return { binaries, missing };
  }

  /** The process ended, or its stacks are not wanted any more. Tables stay for others. */
  remove(pid: number): void {
    const slot = this.#slots.get(pid);
    if (slot === undefined) return;
    this.#maps.processes.delete(keyOf(pid));
    this.#slots.delete(pid);
    this.#written.delete(pid);
    this.#free.push(slot);
  }

  #write(pid: number, first: number, mapped: readonly Mapped[]): void {
    const text = JSON.stringify(mapped);
    if (this.#written.get(pid) === text) return;
    this.#written.set(pid, text);
    // Programs that come to this process meanwhile find no mappings.
    this.#maps.processes.delete(keyOf(pid));
    const view = new DataView(this.#maps.mappings.memory());
    mapped.forEach(({ start, end, base, placed }, index) => {
      const at = (first + index) * MAPPING.bytes;
      view.setBigUint64(at + MAPPING.start, BigInt(start), true);
      view.setBigUint64(at + MAPPING.end, BigInt(end), true);
      view.setBigUint64(at + MAPPING.base, BigInt(base), true);
      view.setUint32(at + MAPPING.first, placed.first, true);
      view.setUint32(at + MAPPING.count, placed.count, true);
    });
    const value = new Uint8Array(PROCESS.bytes);
    new DataView(value.buffer).setUint32(PROCESS.first, first, true);
    new DataView(value.buffer).setUint32(PROCESS.count, mapped.length, true);
    this.#maps.processes.update(keyOf(pid), value);
  }

  #mapped(pid: number, range: MemoryRange): Mapped | NoTable {
    // Behind the mapping a file is there also when it was deleted or replaced.
    const path = range.deleted
      ? `/proc/${pid}/map_files/${range.start.toString(16)}-${range.end.toString(16)}`
      : `/proc/${pid}/root${range.path}`;
    let file: ElfFile | null = null;
    try {
      file = ElfFile.open(path);
      const address = file.addressOf(range.offset);
      const key = `${range.device}:${range.inode}:${file.buildId ?? ''}`;
      const placed = this.#tables.get(key) ?? this.#place(file);
      this.#tables.set(key, placed);
      if (typeof placed === 'string') return placed;
      if (address === null) return 'unreadable';
      return { start: range.start, end: range.end, base: range.start - address + placed.base, placed };
    } catch {
      return 'unreadable';
    } finally {
      file?.close();
    }
  }

  #place(file: ElfFile): Placed | NoTable {
    const table = UnwindTable.read(file);
    if (table === null || table.count === 0) return 'no-table';
    if (this.#rows + table.count > this.#most) return 'no-room';
    const ruleOf = table.rules.map((rule) => this.#ruleOf(rule));
    if (ruleOf.includes(-1)) return 'no-room';
    const first = this.#rows;
    const words = new Uint32Array(this.#maps.rows.memory(), first * ROW.bytes, table.count * 2);
    for (let row = 0; row < table.count; row++) {
      words[row * 2] = table.places[row] ?? 0;
      words[row * 2 + 1] = ruleOf[table.ruleOf[row] ?? 0] ?? 0;
    }
    this.#rows += table.count;
    return { base: table.base, first, count: table.count };
  }

  /** Its place in the map; -1 when there is no room. */
  #ruleOf({ cfa, offset, fp, ra }: UnwindRule): number {
    const key = `${cfa} ${offset} ${fp} ${ra}`;
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    if (this.#rules.size === RULES) return -1;
    const index = this.#rules.size;
    this.#rules.set(key, index);
    new Int32Array(this.#maps.rules.memory(), index * RULE.bytes, 4).set([cfa, offset, fp, ra]);
    return index;
  }
}

const keyOf = (pid: number): Uint8Array => new Uint8Array(Uint32Array.of(pid).buffer);
