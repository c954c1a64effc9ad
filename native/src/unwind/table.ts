/**
 * How to unwind a binary that was built without frame pointers: .eh_frame as a sorted table of places and rules, 6 bytes a
 * row. Nothing in it depends on a process: addresses are those of the ELF file, and one table serves all who map it.
 */
import type { ElfFile } from '../elf/file.ts';
import { sortByKey } from '../elf/radix.ts';
import { FrameProgram } from './frame-program.ts';
import type { FrameRegisters } from './frame-program.ts';
import { readFrames } from './frame-section.ts';
import { RowList, RuleList } from './rows.ts';
import { NO_RULE } from './rule.ts';
import type { UnwindRule } from './rule.ts';

/** By ELF machine: x86-64, arm64. */
const REGISTERS: Readonly<Record<number, FrameRegisters>> = { 62: { sp: 7, fp: 6 }, 183: { sp: 31, fp: 29 } };

const FARTHEST = 0xffff_ffff;

export class UnwindTable {
  /** The lowest address; those of the rows are from here. */
  readonly base: number;
  /** Ascending: where each rule begins to hold. */
  readonly places: Uint32Array;
  /** Index in `rules`, by row. */
  readonly ruleOf: Uint16Array;
  /** [0] is `NO_RULE`, of the gaps between functions. */
  readonly rules: readonly UnwindRule[];

  private constructor(base: number, places: Uint32Array, ruleOf: Uint16Array, rules: readonly UnwindRule[]) {
    this.base = base;
    this.places = places;
    this.ruleOf = ruleOf;
    this.rules = rules;
  }

  /**
   * Null when the binary has no .eh_frame, or is of a machine that we do not know. What is damaged in it has no rule.
   * Some 2 us a function.
   */
  static read(file: ElfFile): UnwindTable | null {
    const section = file.section('.eh_frame');
    const registers = REGISTERS[file.machine];
    if (section === null || registers === undefined) return null;
    return UnwindTable.parse(file.bytes(section), section.address, registers);
  }

  /** `address`: where the section is loaded. */
  static parse(bytes: Uint8Array, address: number, registers: FrameRegisters): UnwindTable {
    const program = new FrameProgram(bytes, registers);
    const rules = new RuleList();
    const rows = new RowList();
    const functions: { start: number; end: number; firstRow: number; endRow: number }[] = [];
    for (const entry of readFrames(bytes, address)) {
      const firstRow = rows.count;
      let last = -1;
      program.run(entry, (at, rule) => {
        const index = rules.indexOf(rule);
        if (index !== last) rows.add(at, index);
        last = index;
      });
      functions.push({ start: entry.address, end: entry.address + entry.size, firstRow, endRow: rows.count });
    }
    const order = sortByKey(
      Float64Array.from(functions, ({ start }) => Math.min(start, 2 ** 48)),
      functions.length,
    );
    const base = functions[order[0] ?? 0]?.start ?? 0;
    const sorted = new RowList();
    let end = base;
    for (let i = 0; i < order.length; i++) {
      const one = functions[order[i] ?? 0];
      if (one === undefined || one.end - base > FARTHEST) break;
      const next = functions[order[i + 1] ?? -1]?.start ?? Infinity;
      // Of functions that overlap, which only damaged files have, the later one counts.
      if (one.start >= next) continue;
      if (one.start > end) sorted.add(end - base, 0);
      for (let row = one.firstRow; row < one.endRow && rows.placeAt(row) < next; row++) {
        sorted.add(rows.placeAt(row) - base, rows.ruleAt(row));
      }
      end = Math.min(one.end, next);
    }
    if (sorted.count > 0) sorted.add(end - base, 0);
    return new UnwindTable(base, sorted.places(), sorted.rules(), rules.all);
  }

  /** Rows. */
  get count(): number {
    return this.places.length;
  }

  /** Bytes held, about. */
  get bytes(): number {
    return this.count * 6 + this.rules.length * 64;
  }

  /** What holds when the instruction at an address (of the ELF file) is about to run. */
  lookup(address: number): UnwindRule {
    const wanted = address - this.base;
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.places[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? NO_RULE : (this.rules[this.ruleOf[low - 1] ?? 0] ?? NO_RULE);
  }
}
