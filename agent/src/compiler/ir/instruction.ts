/**
 * The intermediate representation: basic blocks of three-address instructions over any number of virtual registers.
 *
 * A register may be assigned more than once (the language's variables are); one that is assigned once keeps its value
 * wherever it is used, and most passes work on those. All registers hold 64 bits.
 */
import type { AluOp, AtomicOp, Condition, Size, Width } from '@bpfscope/native/asm';
import type { Span } from '../../language/diagnostic.ts';

/** A virtual register; identity is the id. */
export interface Reg {
  readonly kind: 'reg';
  readonly id: number;
}

/** Address of a byte of the stack frame. */
export interface SlotAddress {
  readonly kind: 'slot-address';
  /** Bytes from r10, negative. */
  readonly offset: number;
}

/** The map itself, or the address of a byte of its element 0. */
export interface MapAddress {
  readonly kind: 'map';
  readonly map: number;
  readonly use: 'fd' | 'value';
  readonly offset: number;
}

/** Address of another function of the program, for helpers that call back. */
export interface FunctionAddress {
  readonly kind: 'function';
  /** 0 is the program; -1 the function that walks a frame of a user stack. */
  readonly index: number;
}

export type Operand = Reg | bigint | SlotAddress | MapAddress | FunctionAddress;
/** What arithmetic and comparisons take. */
export type Value = Reg | bigint;
/** What a load or store is relative to. */
export type Base = Reg | SlotAddress;

/** `or` and others as the instruction set has them; neg and be* take no right side. */
export type BinaryOp = Exclude<AluOp, 'neg' | 'end' | 'mov'>;
export type UnaryOp = 'neg' | 'be16' | 'be32' | 'be64';

export type Insn =
  | { readonly op: 'mov'; readonly dst: Reg; readonly src: Operand; readonly span: Span }
  | {
      readonly op: 'alu';
      readonly fn: BinaryOp;
      readonly width: Width;
      readonly dst: Reg;
      readonly left: Value;
      readonly right: Value;
      readonly span: Span;
    }
  | { readonly op: 'unary'; readonly fn: UnaryOp; readonly dst: Reg; readonly src: Reg; readonly span: Span }
  | {
      readonly op: 'load';
      readonly dst: Reg;
      readonly size: Size;
      readonly base: Base;
      readonly offset: number;
      readonly span: Span;
    }
  | {
      readonly op: 'store';
      readonly size: Size;
      readonly base: Base;
      readonly offset: number;
      readonly src: Value;
      readonly span: Span;
    }
  /** dst, when there is one, gets the value from before. */
  | {
      readonly op: 'atomic';
      readonly fn: AtomicOp;
      readonly dst: Reg | null;
      readonly size: 4 | 8;
      readonly base: Base;
      readonly offset: number;
      readonly src: Reg;
      readonly span: Span;
    }
  | {
      readonly op: 'call';
      readonly dst: Reg | null;
      readonly helper: string;
      /** BTF id of a kernel function that is called in place of a helper; `helper` is its name. */
      readonly kfunc?: number;
      readonly args: readonly Operand[];
      readonly span: Span;
    };

export type Terminator =
  | { readonly op: 'jump'; readonly to: Block; readonly span: Span }
  | {
      readonly op: 'branch';
      readonly cond: Condition;
      readonly width: Width;
      readonly left: Value;
      readonly right: Value;
      readonly then: Block;
      readonly else: Block;
      readonly span: Span;
    }
  | { readonly op: 'return'; readonly value: Value; readonly span: Span };

export interface Block {
  readonly id: number;
  /** Unlikely: laid out after the rest. */
  readonly cold: boolean;
  insns: Insn[];
  end: Terminator | null;
}

/** The program itself is function 0; others are called back by helpers. */
export interface Fn {
  readonly name: string;
  /** Registers that arrive in r1, r2, ... */
  readonly params: readonly Reg[];
  /** First is the entry. */
  blocks: Block[];
  /** Bytes below r10 that slots take, a multiple of 8. */
  frame: number;
  /** Next free register id. */
  regs: number;
}

export const isReg = (o: Operand): o is Reg => typeof o === 'object' && o.kind === 'reg';
export const isConst = (o: Operand): o is bigint => typeof o === 'bigint';
