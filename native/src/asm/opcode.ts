/**
 * Operation codes of the BPF instruction set, with the kernel's names (include/uapi/linux/bpf_common.h, bpf.h).
 * An opcode byte is class | operation | source for arithmetic and jumps, class | mode | size for loads and stores.
 */

export const BPF_LD = 0x00;
export const BPF_LDX = 0x01;
export const BPF_ST = 0x02;
export const BPF_STX = 0x03;
export const BPF_ALU = 0x04;
export const BPF_JMP = 0x05;
export const BPF_JMP32 = 0x06;
export const BPF_ALU64 = 0x07;

/** The second operand: immediate or register. */
export const BPF_K = 0x00;
export const BPF_X = 0x08;

export const BPF_W = 0x00;
export const BPF_H = 0x08;
export const BPF_B = 0x10;
export const BPF_DW = 0x18;

export const BPF_IMM = 0x00;
export const BPF_MEM = 0x60;
/** Sign-extending load. Needs kernel 6.6. */
export const BPF_MEMSX = 0x80;
/** Needs kernel 5.12 but for add without fetch. */
export const BPF_ATOMIC = 0xc0;

/** In the immediate of an atomic operation: the old value goes to the source register. */
export const BPF_FETCH = 0x01;
export const BPF_XCHG = 0xe0 | BPF_FETCH;
export const BPF_CMPXCHG = 0xf0 | BPF_FETCH;

export const ALU_OPS = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  neg: 0x80,
  mod: 0x90,
  xor: 0xa0,
  mov: 0xb0,
  arsh: 0xc0,
  end: 0xd0,
} as const;
export type AluOp = keyof typeof ALU_OPS;

export const JUMP_OPS = {
  ja: 0x00,
  jeq: 0x10,
  jgt: 0x20,
  jge: 0x30,
  jset: 0x40,
  jne: 0x50,
  jsgt: 0x60,
  jsge: 0x70,
  call: 0x80,
  exit: 0x90,
  jlt: 0xa0,
  jle: 0xb0,
  jslt: 0xc0,
  jsle: 0xd0,
} as const;
export type JumpOp = keyof typeof JUMP_OPS;
/** Jumps that compare two operands. */
export type Condition = Exclude<JumpOp, 'ja' | 'call' | 'exit'>;

export const ATOMIC_OPS = { add: 0x00, or: 0x40, and: 0x50, xor: 0xa0 } as const;
export type AtomicOp = keyof typeof ATOMIC_OPS;

export type Size = 1 | 2 | 4 | 8;
export const SIZE_CODES: Readonly<Record<Size, number>> = { 1: BPF_B, 2: BPF_H, 4: BPF_W, 8: BPF_DW };

/** What the source register field of a 64-bit immediate load says about the immediate. */
export const BPF_PSEUDO_MAP_FD = 1;
export const BPF_PSEUDO_MAP_VALUE = 2;
export const BPF_PSEUDO_BTF_ID = 3;
/** A function of the same program, as instructions from the next one. Needs kernel 5.13. */
export const BPF_PSEUDO_FUNC = 4;
/** In the source register of a call: a function of the same program. */
export const BPF_PSEUDO_CALL = 1;
export const BPF_PSEUDO_KFUNC_CALL = 2;
