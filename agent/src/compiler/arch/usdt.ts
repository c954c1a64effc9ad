/**
 * USDT argument specifications, `size@operand` with a negative size for signed numbers, as systemtap's sys/sdt.h writes
 * them: registers, constants, memory relative to a register.
 */
import { registerOffset } from './registers.ts';

type Arch = 'x64' | 'arm64';

export type UsdtArgument = { readonly size: 1 | 2 | 4 | 8; readonly signed: boolean } & (
  | { readonly kind: 'constant'; readonly value: bigint }
  /** offset of the register in struct pt_regs. */
  | { readonly kind: 'register'; readonly register: number }
  /** At register + offset (+ index * scale). */
  | {
      readonly kind: 'memory';
      readonly register: number;
      readonly offset: number;
      readonly index: number | null;
      readonly scale: number;
    }
);

/** x86-64 names of a register at its widths: the 64-bit one is the last part. */
const NAMED: Readonly<Record<string, string>> = {
  al: 'ax',
  ah: 'ax',
  ax: 'ax',
  eax: 'ax',
  rax: 'ax',
  bl: 'bx',
  bx: 'bx',
  ebx: 'bx',
  rbx: 'bx',
  cl: 'cx',
  cx: 'cx',
  ecx: 'cx',
  rcx: 'cx',
  dl: 'dx',
  dx: 'dx',
  edx: 'dx',
  rdx: 'dx',
  sil: 'si',
  si: 'si',
  esi: 'si',
  rsi: 'si',
  dil: 'di',
  di: 'di',
  edi: 'di',
  rdi: 'di',
  bpl: 'bp',
  bp: 'bp',
  ebp: 'bp',
  rbp: 'bp',
  spl: 'sp',
  sp: 'sp',
  esp: 'sp',
  rsp: 'sp',
  rip: 'ip',
};

function register(arch: Arch, text: string): number | null {
  if (arch === 'arm64') return registerOffset(arch, text.replace(/^w(\d+)$/, 'x$1'));
  const name = text.replace(/^%/, '');
  return registerOffset(arch, NAMED[name] ?? name.replace(/^(r\d+)[bwd]$/, '$1'));
}

/** null: a form that is not known. */
export function parseUsdtArgument(arch: Arch, text: string): UsdtArgument | null {
  const found = /^(?:(-?)(\d+)(?:f)?@)?(.+)$/.exec(text.trim());
  const operand = found?.[3];
  if (operand === undefined) return null;
  const size = Number(found?.[2] ?? 8);
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return null;
  const width = { size, signed: found?.[1] === '-' } as const;
  const form = arch === 'x64' ? x64(operand) : arm64(operand);
  return form === null ? null : ({ ...width, ...form } as UsdtArgument);
}

type Form =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'register'; readonly register: number }
  | {
      readonly kind: 'memory';
      readonly register: number;
      readonly offset: number;
      readonly index: number | null;
      readonly scale: number;
    };

function x64(operand: string): Form | null {
  const constant = /^\$(-?(?:0x[0-9a-f]+|\d+))$/i.exec(operand)?.[1];
  if (constant !== undefined) return { kind: 'constant', value: integer(constant) };
  if (operand.startsWith('%')) {
    const at = register('x64', operand);
    return at === null ? null : { kind: 'register', register: at };
  }
  const memory = /^(-?(?:0x[0-9a-f]+|\d+))?\((%\w+)(?:,(%\w+)(?:,(\d))?)?\)$/i.exec(operand);
  if (memory === null) return null;
  const base = register('x64', memory[2] ?? '');
  const index = memory[3] === undefined ? null : register('x64', memory[3]);
  if (base === null) return null;
  return { kind: 'memory', register: base, offset: Number(memory[1] ?? 0), index, scale: Number(memory[4] ?? 1) };
}

function arm64(operand: string): Form | null {
  const constant = /^(-?\d+)$/.exec(operand)?.[1];
  if (constant !== undefined) return { kind: 'constant', value: BigInt(constant) };
  const memory = /^\[(\w+)(?:,\s*(-?\d+))?\]$/.exec(operand);
  const at = register('arm64', memory?.[1] ?? operand);
  if (at === null) return null;
  return memory === null
    ? { kind: 'register', register: at }
    : { kind: 'memory', register: at, offset: Number(memory[2] ?? 0), index: null, scale: 1 };
}

const integer = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
