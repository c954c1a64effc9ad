/** Runs the programs of .eh_frame (DWARF 5, 6.4.2), as far as the CFA, the frame pointer and the return address go. */
import { DwarfReader } from '../dwarf/reader.ts';
import type { CommonEntry, FunctionEntry } from './frame-section.ts';
import { Cfa, Saved } from './rule.ts';
import type { UnwindRule } from './rule.ts';

/** DWARF's numbers of registers. */
export interface FrameRegisters {
  readonly sp: number;
  readonly fp: number;
}

interface State {
  cfa: Cfa;
  offset: number;
  fp: number;
  ra: number;
}

/** Of a program of one function: where what held till then ends, and the rule from there on. */
type Emit = (address: number, rule: UnwindRule) => void;

/** Compilers nest one or two deep. */
const DEEPEST = 64;
/** What linkers write for .plt: breg7 8, breg16 0, lit15, and, litN, ge, lit3, shl, plus. N is the byte after the push. */
const PLT = [0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, null, 0x2a, 0x33, 0x24, 0x22];
const PLT_N = 6;
const LIT_0 = 0x30;

export class FrameProgram {
  readonly #bytes: Uint8Array;
  readonly #registers: FrameRegisters;
  readonly #initial = new Map<CommonEntry, State>();
  readonly #reader: DwarfReader;
  #state: State = { cfa: Cfa.UNKNOWN, offset: 0, fp: Saved.SAME, ra: Saved.SAME };
  #start: State = this.#state;
  #common: CommonEntry | null = null;

  /** `bytes`: of the section. */
  constructor(bytes: Uint8Array, registers: FrameRegisters) {
    this.#bytes = bytes;
    this.#registers = registers;
    this.#reader = new DwarfReader(bytes);
  }

  /** Rows in ascending order, each as soon as it is complete; what is damaged is UNKNOWN from there on. */
  run(entry: FunctionEntry, emit: Emit): void {
    const { common } = entry;
    let start = this.#initial.get(common);
    if (start === undefined) {
      this.#state = { cfa: Cfa.UNKNOWN, offset: 0, fp: Saved.SAME, ra: Saved.SAME };
      this.#start = this.#state;
      this.#common = common;
      this.#steps(common.start, common.end, 0, 0, () => {});
      start = { ...this.#state };
      if (common.signal) start.cfa = Cfa.SIGNAL;
      this.#initial.set(common, start);
    }
    this.#common = common;
    this.#start = start;
    this.#state = { ...start };
    this.#steps(entry.start, entry.end, entry.address, entry.address + entry.size, emit);
  }

  #steps(start: number, end: number, address: number, limit: number, emit: Emit): void {
    const reader = this.#reader;
    const { codeAlign = 1, dataAlign = 1, signal = false } = this.#common ?? {};
    const saved: State[] = [];
    let at = address;
    reader.at = start;
    const advance = (delta: number): void => {
      if (delta === 0) return;
      emit(at, this.#state);
      at += delta * codeAlign;
    };
    try {
      while (reader.at < end && at <= limit) {
        const byte = reader.u8();
        const low = byte & 0x3f;
        const state = this.#state;
        switch (byte & 0xc0) {
          case 0x40: // DW_CFA_advance_loc
            advance(low);
            continue;
          case 0x80: // DW_CFA_offset
            this.#save(low, reader.uleb() * dataAlign);
            continue;
          case 0xc0: // DW_CFA_restore
            this.#restore(low);
            continue;
        }
        switch (byte) {
          case 0x00: // DW_CFA_nop
          case 0x2d: // DW_CFA_AARCH64_negate_ra_state: signed return addresses are the same addresses in their low bits
            break;
          case 0x02: // DW_CFA_advance_loc1
            advance(reader.u8());
            break;
          case 0x03:
            advance(reader.u16());
            break;
          case 0x04:
            advance(reader.u32());
            break;
          case 0x05: // DW_CFA_offset_extended
            this.#save(reader.uleb(), reader.uleb() * dataAlign);
            break;
          case 0x06: // DW_CFA_restore_extended
            this.#restore(reader.uleb());
            break;
          case 0x07: // DW_CFA_undefined
            this.#save(reader.uleb(), Saved.END);
            break;
          case 0x08: // DW_CFA_same_value
            this.#save(reader.uleb(), Saved.SAME);
            break;
          case 0x09: // DW_CFA_register
            this.#save(reader.uleb(), Saved.UNKNOWN);
            reader.uleb();
            break;
          case 0x0a: // DW_CFA_remember_state
            if (saved.length >= DEEPEST) throw new RangeError('states nested too deeply');
            saved.push({ ...state });
            break;
          case 0x0b: // DW_CFA_restore_state
            this.#state = saved.pop() ?? { ...this.#start };
            break;
          case 0x0c: // DW_CFA_def_cfa
            this.#define(reader.uleb(), reader.uleb());
            break;
          case 0x0d: // DW_CFA_def_cfa_register
            this.#define(reader.uleb(), state.offset);
            break;
          case 0x0e: // DW_CFA_def_cfa_offset
            state.offset = reader.uleb();
            break;
          case 0x0f: // DW_CFA_def_cfa_expression
            this.#expression(reader.uleb(), signal);
            break;
          case 0x10: // DW_CFA_expression
          case 0x16: // DW_CFA_val_expression
            this.#save(reader.uleb(), signal ? Saved.SAME : Saved.UNKNOWN);
            skip(reader, reader.uleb());
            break;
          case 0x11: // DW_CFA_offset_extended_sf
            this.#save(reader.uleb(), reader.sleb() * dataAlign);
            break;
          case 0x12: // DW_CFA_def_cfa_sf
            this.#define(reader.uleb(), reader.sleb() * dataAlign);
            break;
          case 0x13: // DW_CFA_def_cfa_offset_sf
            state.offset = reader.sleb() * dataAlign;
            break;
          case 0x14: // DW_CFA_val_offset
          case 0x15: // DW_CFA_val_offset_sf
            this.#save(reader.uleb(), Saved.UNKNOWN);
            reader.uleb();
            break;
          case 0x2e: // DW_CFA_GNU_args_size
            reader.uleb();
            break;
          case 0x2f: // DW_CFA_GNU_negative_offset_extended
            this.#save(reader.uleb(), -reader.uleb() * dataAlign);
            break;
          default:
            throw new RangeError(`unknown instruction ${byte}`);
        }
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#state.cfa = Cfa.UNKNOWN;
    }
    if (at < limit) emit(at, this.#state);
  }

  #define(register: number, offset: number): void {
    const state = this.#state;
    const { sp, fp } = this.#registers;
    state.cfa = register === sp ? Cfa.SP : register === fp ? Cfa.FP : Cfa.UNKNOWN;
    state.offset = offset;
  }

  #expression(length: number, signal: boolean): void {
    const reader = this.#reader;
    const code = this.#bytes.subarray(reader.at, reader.at + length);
    const isPlt = code.length === PLT.length && PLT.every((byte, index) => byte === null || byte === code[index]);
    this.#state.cfa = signal ? Cfa.SIGNAL : isPlt ? Cfa.PLT : Cfa.UNKNOWN;
    this.#state.offset = isPlt ? (code[PLT_N] ?? 0) - LIT_0 : 0;
    skip(reader, length);
  }

  #save(register: number, where: number): void {
    if (register === this.#registers.fp) this.#state.fp = where === Saved.END ? Saved.UNKNOWN : where;
    else if (register === this.#common?.returnColumn) this.#state.ra = where;
  }

  #restore(register: number): void {
    if (register === this.#registers.fp) this.#state.fp = this.#start.fp;
    else if (register === this.#common?.returnColumn) this.#state.ra = this.#start.ra;
  }
}

const skip = (reader: DwarfReader, length: number): void => {
  reader.at += length;
};
