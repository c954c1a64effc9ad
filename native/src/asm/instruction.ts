/** One instruction and the functions that make them. A 64-bit immediate load counts as one here and two slots in the bytes. */
import {
  ALU_OPS,
  ATOMIC_OPS,
  BPF_ALU,
  BPF_ALU64,
  BPF_ATOMIC,
  BPF_DW,
  BPF_FETCH,
  BPF_IMM,
  BPF_JMP,
  BPF_JMP32,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_MEMSX,
  BPF_PSEUDO_FUNC,
  BPF_PSEUDO_KFUNC_CALL,
  BPF_ST,
  BPF_STX,
  BPF_X,
  JUMP_OPS,
  SIZE_CODES,
  type AluOp,
  type AtomicOp,
  type Condition,
  type Size,
} from './opcode.ts';
import { R0, type Register } from './register.ts';

export interface Instruction {
  readonly opcode: number;
  readonly dst: number;
  readonly src: number;
  /** Signed, 16 bits. */
  readonly offset: number;
  /** Signed, 32 bits. */
  readonly imm: number;
  /** Second immediate of a 64-bit immediate load (two slots). */
  readonly high?: number;
  /** Jump or function whose place becomes the offset (jumps) or immediate (`gotol`, function address). */
  readonly target?: Label;
}

/** A place in the code; identity is the object. */
export interface Label {
  readonly name: string;
}

export type Width = 32 | 64;

export const isWide = (i: Instruction): boolean => i.opcode === (BPF_LD | BPF_IMM | BPF_DW);
/** Slots of 8 bytes. */
export const slots = (i: Instruction): number => (isWide(i) ? 2 : 1);
/** Can be an immediate operand, which is sign-extended from 32 bits. */
export const fitsImmediate = (v: bigint): boolean => v >= -0x80000000n && v <= 0x7fffffffn;

const make = (opcode: number, dst: number, src: number, offset: number, imm: number): Instruction => ({
  opcode,
  dst,
  src,
  offset,
  imm,
});

const aluClass = (width: Width): number => (width === 64 ? BPF_ALU64 : BPF_ALU);
const jumpClass = (width: Width): number => (width === 64 ? BPF_JMP : BPF_JMP32);

export const aluImm = (op: AluOp, dst: Register, imm: number, width: Width = 64): Instruction =>
  make(aluClass(width) | ALU_OPS[op] | BPF_K, dst, 0, 0, imm);
export const aluReg = (op: AluOp, dst: Register, src: Register, width: Width = 64): Instruction =>
  make(aluClass(width) | ALU_OPS[op] | BPF_X, dst, src, 0, 0);
export const neg = (dst: Register, width: Width = 64): Instruction => aluImm('neg', dst, 0, width);
/** To big endian from the host's little endian; bits 16, 32 or 64: a byte swap that clears the upper bits. */
export const toBigEndian = (dst: Register, bits: 16 | 32 | 64): Instruction =>
  make(BPF_ALU | ALU_OPS.end | BPF_X, dst, 0, 0, bits);

export const load = (size: Size, dst: Register, src: Register, offset: number): Instruction =>
  make(BPF_LDX | BPF_MEM | SIZE_CODES[size], dst, src, offset, 0);
/** Needs kernel 6.6. */
export const loadSigned = (size: 1 | 2 | 4, dst: Register, src: Register, offset: number): Instruction =>
  make(BPF_LDX | BPF_MEMSX | SIZE_CODES[size], dst, src, offset, 0);
export const store = (size: Size, dst: Register, offset: number, src: Register): Instruction =>
  make(BPF_STX | BPF_MEM | SIZE_CODES[size], dst, src, offset, 0);
export const storeImm = (size: Size, dst: Register, offset: number, imm: number): Instruction =>
  make(BPF_ST | BPF_MEM | SIZE_CODES[size], dst, 0, offset, imm);
/** Adds and so on in memory. `fetch` puts the old value in src. */
export const atomic = (
  op: AtomicOp,
  size: 4 | 8,
  dst: Register,
  offset: number,
  src: Register,
  fetch = false,
): Instruction =>
  make(BPF_STX | BPF_ATOMIC | SIZE_CODES[size], dst, src, offset, ATOMIC_OPS[op] | (fetch ? BPF_FETCH : 0));

/** A 64-bit immediate load; pseudo says what the immediate means. */
export const loadImm64 = (dst: Register, low: number, high: number, pseudo = 0): Instruction => ({
  opcode: BPF_LD | BPF_IMM | BPF_DW,
  dst,
  src: pseudo,
  offset: 0,
  imm: low | 0,
  high: high | 0,
});
export const loadConstant = (dst: Register, value: bigint): Instruction => {
  const bits = BigInt.asUintN(64, value);
  return loadImm64(dst, Number(bits & 0xffffffffn), Number(bits >> 32n));
};
export const loadFunction = (dst: Register, target: Label): Instruction => ({
  ...loadImm64(dst, 0, 0, BPF_PSEUDO_FUNC),
  target,
});

const to = (target: Label, opcode: number, dst: number, src: number, imm: number): Instruction => ({
  opcode,
  dst,
  src,
  offset: 0,
  imm,
  target,
});

export const jump = (target: Label): Instruction => to(target, BPF_JMP | JUMP_OPS.ja, 0, 0, 0);
export const jumpImm = (op: Condition, dst: Register, imm: number, target: Label, width: Width = 64): Instruction =>
  to(target, jumpClass(width) | JUMP_OPS[op] | BPF_K, dst, 0, imm);
export const jumpReg = (op: Condition, dst: Register, src: Register, target: Label, width: Width = 64): Instruction =>
  to(target, jumpClass(width) | JUMP_OPS[op] | BPF_X, dst, src, 0);
export const call = (helper: number): Instruction => make(BPF_JMP | JUMP_OPS.call, R0, 0, 0, helper);
/** A kernel function of vmlinux, by its BTF id. */
export const callKernelFunction = (btfId: number): Instruction =>
  make(BPF_JMP | JUMP_OPS.call, R0, BPF_PSEUDO_KFUNC_CALL, 0, btfId);
export const exit = (): Instruction => make(BPF_JMP | JUMP_OPS.exit, 0, 0, 0, 0);
