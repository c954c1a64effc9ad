/** Bytes to text in the style of the kernel's verifier log: `r1 = *(u64 *)(r10 -8)`. */
import {
  ALU_OPS,
  ATOMIC_OPS,
  BPF_ALU,
  BPF_ALU64,
  BPF_ATOMIC,
  BPF_FETCH,
  BPF_JMP,
  BPF_JMP32,
  BPF_LD,
  BPF_LDX,
  BPF_MEMSX,
  BPF_PSEUDO_CALL,
  BPF_PSEUDO_KFUNC_CALL,
  BPF_PSEUDO_FUNC,
  BPF_PSEUDO_MAP_FD,
  BPF_PSEUDO_MAP_VALUE,
  BPF_ST,
  BPF_STX,
  BPF_X,
  JUMP_OPS,
  SIZE_CODES,
} from './opcode.ts';

export interface Line {
  /** Slot of the instruction. */
  readonly slot: number;
  readonly text: string;
}

export interface Names {
  /** Helper's name by number. */
  readonly helper?: (id: number) => string | undefined;
  /** What a map reference at a slot shows. */
  readonly map?: (slot: number) => string | undefined;
}

const invert = (table: Readonly<Record<string, number>>): ReadonlyMap<number, string> =>
  new Map(Object.entries(table).map(([k, v]) => [v, k]));

const ALU_NAMES = invert(ALU_OPS);
const JUMP_NAMES = invert(JUMP_OPS);
const ATOMIC_NAMES = invert(ATOMIC_OPS);
const ALU_SYMBOLS: Readonly<Record<string, string>> = {
  add: '+=',
  sub: '-=',
  mul: '*=',
  div: '/=',
  or: '|=',
  and: '&=',
  lsh: '<<=',
  rsh: '>>=',
  mod: '%=',
  xor: '^=',
  mov: '=',
  arsh: 's>>=',
};
const JUMP_SYMBOLS: Readonly<Record<string, string>> = {
  jeq: '==',
  jgt: '>',
  jge: '>=',
  jset: '&',
  jne: '!=',
  jsgt: 's>',
  jsge: 's>=',
  jlt: '<',
  jle: '<=',
  jslt: 's<',
  jsle: 's<=',
};
const BITS: ReadonlyMap<number, number> = new Map(Object.entries(SIZE_CODES).map(([n, code]) => [code, Number(n) * 8]));

export function disassemble(bytes: Uint8Array, names: Names = {}): Line[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Line[] = [];
  for (let slot = 0; slot * 8 < bytes.byteLength; slot++) {
    const at = slot * 8;
    const regs = view.getUint8(at + 1);
    const raw: Raw = {
      slot,
      code: view.getUint8(at),
      dst: regs & 15,
      src: regs >> 4,
      offset: view.getInt16(at + 2, true),
      imm: view.getInt32(at + 4, true),
      high: 0,
    };
    const wide = raw.code === 0x18 && at + 16 <= bytes.byteLength;
    lines.push({ slot, text: text(wide ? { ...raw, high: view.getInt32(at + 12, true) } : raw, names) });
    if (wide) slot++;
  }
  return lines;
}

interface Raw {
  readonly slot: number;
  readonly code: number;
  readonly dst: number;
  readonly src: number;
  readonly offset: number;
  readonly imm: number;
  readonly high: number;
}

const signed = (n: number): string => (n < 0 ? `${n}` : `+${n}`);
const address = (register: number, offset: number): string => `(r${register} ${signed(offset)})`;

function text(i: Raw, names: Names): string {
  const type = `u${BITS.get(i.code & 0x18) ?? 0}`;
  switch (i.code & 7) {
    case BPF_LD:
      return immediate(i, names);
    case BPF_LDX: {
      const sign = (i.code & 0xe0) === BPF_MEMSX ? type.replace('u', 's') : type;
      return `r${i.dst} = *(${sign} *)${address(i.src, i.offset)}`;
    }
    case BPF_ST:
      return `*(${type} *)${address(i.dst, i.offset)} = ${i.imm}`;
    case BPF_STX:
      return (i.code & 0xe0) === BPF_ATOMIC
        ? atomicText(i, type)
        : `*(${type} *)${address(i.dst, i.offset)} = r${i.src}`;
    case BPF_ALU:
    case BPF_ALU64:
      return alu(i);
    case BPF_JMP:
    case BPF_JMP32:
      return jumpText(i, names);
    default:
      return `(${i.code.toString(16)})`;
  }
}

function immediate(i: Raw, names: Names): string {
  const value = (BigInt.asUintN(32, BigInt(i.high)) << 32n) | BigInt.asUintN(32, BigInt(i.imm));
  const map = (): string => names.map?.(i.slot) ?? `${i.imm}`;
  if (i.src === BPF_PSEUDO_MAP_FD) return `r${i.dst} = map[${map()}]`;
  if (i.src === BPF_PSEUDO_MAP_VALUE) return `r${i.dst} = map[${map()}][0]${i.high === 0 ? '' : signed(i.high)}`;
  if (i.src === BPF_PSEUDO_FUNC) return `r${i.dst} = func pc${signed(i.imm)}`;
  return `r${i.dst} = 0x${value.toString(16)} ll`;
}

function atomicText(i: Raw, type: string): string {
  const op = ATOMIC_NAMES.get(i.imm & 0xf0) ?? 'xchg';
  const where = `(${type} *)${address(i.dst, i.offset)}`;
  if ((i.imm & BPF_FETCH) !== 0) return `r${i.src} = atomic_fetch_${op}(${where}, r${i.src})`;
  return `lock *${where} ${ALU_SYMBOLS[op] ?? op} r${i.src}`;
}

function alu(i: Raw): string {
  const reg = (i.code & 7) === BPF_ALU64 ? 'r' : 'w';
  const op = ALU_NAMES.get(i.code & 0xf0) ?? '?';
  if (op === 'neg') return `${reg}${i.dst} = -${reg}${i.dst}`;
  if (op === 'end') return `r${i.dst} = be${i.imm} r${i.dst}`;
  const right = (i.code & BPF_X) !== 0 ? `${reg}${i.src}` : `${i.imm}`;
  return `${reg}${i.dst} ${ALU_SYMBOLS[op] ?? op} ${right}`;
}

function jumpText(i: Raw, names: Names): string {
  const op = JUMP_NAMES.get(i.code & 0xf0) ?? '?';
  const long = (i.code & 7) === BPF_JMP32;
  if (op === 'exit') return 'exit';
  if (op === 'ja') return long ? `gotol pc${signed(i.imm)}` : `goto pc${signed(i.offset)}`;
  if (op === 'call') {
    if (i.src === BPF_PSEUDO_KFUNC_CALL) return `call kernel-function#${i.imm}`;
    if (i.src === BPF_PSEUDO_CALL) return `call pc${signed(i.imm)}`;
    return `call ${names.helper?.(i.imm) ?? `#${i.imm}`}`;
  }
  const reg = long ? 'w' : 'r';
  const right = (i.code & BPF_X) !== 0 ? `${reg}${i.src}` : `${i.imm}`;
  return `if ${reg}${i.dst} ${JUMP_SYMBOLS[op] ?? op} ${right} goto pc${signed(i.offset)}`;
}
