/** Questions to the debugging information of a binary: parameters of functions, inlined calls, source lines. */
import { openDebugFile } from '../elf/debug-file.ts';
import { ElfFile, textAt } from '../elf/file.ts';
import type { Closeable } from '../sys/handle.ts';
import { LruCache } from '../symbols/lru.ts';
import type { Unit } from './compilation.ts';
import { AT } from './constants.ts';
import { isDamage } from './error.ts';
import { DwarfFile } from './file.ts';
import { FunctionIndex } from './function-index.ts';
import { readFunction } from './function.ts';
import type { FunctionInfo } from './function.ts';
import { inlinedAt } from './inline.ts';
import { LineRows } from './line-rows.ts';
import type { SourceLine } from './line-rows.ts';
import { splitUnit } from './split.ts';
import { namedType } from './named-type.ts';
import type { TypeTag } from './named-type.ts';
import type { DwarfType } from './type.ts';

/** A function at an address, and where in its source. */
export interface SourceFrame {
  /** Of a function that was put into the one around it; null for the function itself. */
  readonly inlined: string | null;
  readonly source: SourceLine | null;
}

/** Bytes of indexes that are kept: of functions, and of lines. */
const INDEXES = 8 << 20;
const SPLIT_FILES = 64;

const NO_FRAME: readonly SourceFrame[] = [{ inlined: null, source: null }];

export class DebugInfo implements Closeable {
  readonly #file: DwarfFile;
  readonly #place: { readonly path: string; readonly root: string };
  readonly #functions = new LruCache<string, FunctionIndex>(INDEXES, ({ bytes }) => bytes + 256);
  readonly #lines = new LruCache<string, LineRows | null>(INDEXES, (rows) => (rows?.bytes ?? 0) + 256);
  /** By the start of the skeleton; null: not found. Files are few: their count is bounded by closing all. */
  readonly #split = new Map<number, { readonly file: DwarfFile; readonly unit: Unit } | null>();

  /** Owns `elf`. `path` is that of the file with the information, `root` where other files are looked for. */
  constructor(elf: ElfFile, path = '', root = '') {
    this.#place = { path, root };
    this.#file = new DwarfFile(elf, { supplementary: () => openSupplementary(elf, path, root) });
  }

  /**
   * Of the binary, or of its separate debug file; null when there is none. `path`: of the binary within `root`.
   * Throws ElfError, or Node's error when the binary cannot be read.
   */
  static open(path: string, root = ''): DebugInfo | null {
    const file = ElfFile.open(root + path);
    if (hasInfo(file)) return new DebugInfo(file, root + path, root);
    try {
      const debug = openDebugFile(file, root, path);
      if (debug === null) return null;
      if (hasInfo(debug.file)) return new DebugInfo(debug.file, debug.path, root);
      debug.file.close();
      return null;
    } finally {
      file.close();
    }
  }

  /** The function that is entered at an address of the ELF file; null when nothing is known of it. */
  functionAt(address: number, arch: 'x64' | 'arm64'): FunctionInfo | null {
    return this.#ask(null, () => {
      for (const unit of this.#unitsAt(address)) {
        const die = this.#index(unit).entered(unit, address);
        if (die !== null) return readFunction(die, arch);
      }
      return null;
    });
  }

  /** The functions that an address is in, the innermost first; the last one is the function itself. Never empty. */
  framesAt(address: number): readonly SourceFrame[] {
    return this.#ask(NO_FRAME, () => {
      for (const unit of this.#unitsAt(address)) {
        const die = this.#index(unit).holding(unit, address);
        if (die === null) continue;
        const lines = this.#linesOf(unit.skeleton ?? unit);
        // clang makes no table for the split unit when it would be that of the skeleton.
        const names = (unit.skeleton === null ? null : this.#linesOf(unit)) ?? lines;
        const calls = inlinedAt(die, address, (index) => names?.file(index) ?? '');
        const frames: SourceFrame[] = [];
        let source = lines?.at(address) ?? null;
        for (const { name, call } of calls.reverse()) {
          frames.push({ inlined: name, source });
          source = call;
        }
        frames.push({ inlined: null, source });
        return frames;
      }
      return NO_FRAME;
    });
  }

  /** What a type name means in the source of the code at an address; null when it has no such type there. */
  typeAt(address: number, tag: TypeTag, name: string): DwarfType | null {
    return this.#ask(null, () => {
      for (const unit of this.#unitsAt(address)) {
        const found = namedType(unit, tag, name);
        if (found !== null) return found;
      }
      return null;
    });
  }

  close(): void {
    this.#closeSplit();
    this.#file.close();
  }

  /** Damaged information is no information. */
  #ask<T>(otherwise: T, question: () => T): T {
    try {
      return question();
    } catch (error) {
      if (isDamage(error) || (error instanceof Error && error.name === 'ElfError')) return otherwise;
      throw error;
    }
  }

  #unitsAt(address: number): Unit[] {
    return this.#file.unitsAt(address).map((unit) => this.#splitOf(unit) ?? unit);
  }

  #splitOf(unit: Unit): Unit | null {
    const { root } = unit;
    if (!root.has(AT.dwo_name) && !root.has(AT.GNU_dwo_name)) return null;
    let found = this.#split.get(unit.header.start);
    if (found === undefined) {
      if (this.#split.size >= SPLIT_FILES) this.#closeSplit();
      found = splitUnit(unit, this.#place);
      this.#split.set(unit.header.start, found);
    }
    return found?.unit ?? null;
  }

  #closeSplit(): void {
    for (const found of this.#split.values()) found?.file.close();
    this.#split.clear();
  }

  #index(unit: Unit): FunctionIndex {
    const key = `${unit.file.label}${unit.header.start}`;
    let index = this.#functions.get(key);
    if (index === undefined) {
      index = new FunctionIndex(unit);
      this.#functions.set(key, index);
    }
    return index;
  }

  #linesOf(unit: Unit): LineRows | null {
    const { file } = unit;
    const offset = unit.root.value(AT.stmt_list)?.value ?? (unit.skeleton === null ? null : 0);
    if (offset === null || file.section('line').size === 0) return null;
    const key = `${file.label}${offset}`;
    let rows = this.#lines.get(key);
    if (rows === undefined) {
      try {
        rows = new LineRows(file.section('line'), offset, {
          str: file.section('str'),
          lineStr: file.section('line_str'),
        });
      } catch (error) {
        if (!isDamage(error)) throw error;
        rows = null;
      }
      this.#lines.set(key, rows);
    }
    return rows;
  }
}

const hasInfo = (file: ElfFile): boolean => {
  const section = file.section('.debug_info') ?? file.section('.zdebug_info');
  return section !== null && section.size > 0 && section.type !== 8;
};

/** `.gnu_debugaltlink`: a path, relative to the debug file, then a build id. */
const openSupplementary = (elf: ElfFile, path: string, root: string): DwarfFile | null => {
  const section = elf.section('.gnu_debugaltlink');
  if (section === null) return null;
  const link = textAt(elf.bytes(section), 0);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  for (const candidate of link.startsWith('/') ? [root + link, link] : [folder + link]) {
    try {
      return new DwarfFile(ElfFile.open(candidate), { label: 's:' });
    } catch {
      // Not there.
    }
  }
  return null;
};
