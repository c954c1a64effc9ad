/**
 * USDT argument specifications, `size@operand` with a negative size for signed numbers, as systemtap's sys/sdt.h writes
 * them: registers, constants, memory relative to a register.
 */
import { registerOffset } from './registers.ts';

type Arch = 'x64' | 'arm64';

interface Constant {
  readonly kind: 'constant';
  readonly value: bigint;
}

interface Register {
  readonly kind: 'register';
  /** offset of the register in struct pt_regs. */
  readonly register: number;
  /** Bits below the value: 8 for %ah and its like. */
  readonly shift: number;
}

/** At register + offset (+ index * scale); without a register the offset is the address. */
interface Memory {
  readonly kind: 'memory';
  readonly register: number | null;
  readonly offset: number;
  readonly index: number | null;
  readonly scale: number;
}

type Form = Constant | Register | Memory;

export type UsdtArgument = { readonly size: 1 | 2 | 4 | 8; readonly signed: boolean } & Form;

/** Why an argument cannot be read, to follow it. */
export interface UnreadArgument {
  readonly kind: 'unread';
  readonly reason: string;
}

/** x86-64 names of a register at its widths: the 64-bit one is the last part. */
const NAMED: Readonly<Record<string, string>> = {
  al: 'ax',
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
  if (arch === 'arm64') return registerOffset(arch, text.replace(/^w(\d+)$/, 'x$1').replace(/^wsp$/, 'sp'));
  const name = text.replace(/^%/, '');
  return registerOffset(arch, NAMED[name] ?? name.replace(/^(r\d+)[bwd]$/, '$1'));
}

const unread = (reason: string): UnreadArgument => ({ kind: 'unread', reason });

const UNKNOWN = unread('has an unknown form');
const FLOATING = unread('is a floating-point number');

export function parseUsdtArgument(arch: Arch, text: string): UsdtArgument | UnreadArgument {
  const found = /^(?:(-?)(\d+)(f)?@)?(.+)$/.exec(text.trim());
  const operand = found?.[4];
  if (operand === undefined) return UNKNOWN;
  if (found?.[3] !== undefined || (arch === 'x64' ? /^%[xyz]mm/ : /^[bhsdqv]\d/).test(operand)) return FLOATING;
  const size = Number(found?.[2] ?? 8);
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return UNKNOWN;
  const signed = found?.[1] === '-';
  const form = arch === 'x64' ? x64(operand) : arm64(operand);
  if (form === null) {
    const symbol = (arch === 'x64' ? /^(?:-?\d+\+)?([A-Za-z_.$][\w.$]*)(?:[-+]\d+)*(?:\(|$)/ : /:lo12:([\w.$]+)/).exec(
      operand,
    )?.[1];
    return symbol === undefined
      ? UNKNOWN
      : unread(`is at ${symbol}, of which the symbols of the binary do not say where it is`);
  }
  // Compilers write the bits of a constant as they like: -5 is an unsigned number, too.
  if (form.kind === 'constant') return { size, signed, ...form, value: asSized(form.value, size * 8, signed) };
  return { size, signed, ...form };
}

const asSized = (value: bigint, bits: number, signed: boolean): bigint =>
  signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);

const NUMBER = String.raw`-?(?:0x[0-9a-f]+|\d+)`;
const X64_CONSTANT = new RegExp(String.raw`^\$(${NUMBER})$`, 'i');
const X64_MEMORY = new RegExp(String.raw`^(${NUMBER})?\((%\w+)?(?:,(%\w+)(?:,([1248]))?)?\)$`, 'i');
const X64_ADDRESS = new RegExp(`^${NUMBER}$`, 'i');

function x64(operand: string): Form | null {
  const constant = X64_CONSTANT.exec(operand)?.[1];
  if (constant !== undefined) return { kind: 'constant', value: integer(constant) };
  if (operand.startsWith('%')) {
    const high = /^%([abcd])h$/.exec(operand)?.[1];
    const at = register('x64', high === undefined ? operand : `${high}x`);
    return at === null ? null : { kind: 'register', register: at, shift: high === undefined ? 0 : 8 };
  }
  if (X64_ADDRESS.test(operand)) return memory(null, Number(integer(operand)));
  const [found, offset = '0', base, index, scale = '1'] = X64_MEMORY.exec(operand) ?? [];
  if (found === undefined || (base === undefined && index === undefined)) return null;
  const at = base === undefined ? null : register('x64', base);
  const by = index === undefined ? null : register('x64', index);
  if ((at === null && base !== undefined) || (by === null && index !== undefined)) return null;
  return { kind: 'memory', register: at, offset: Number(integer(offset)), index: by, scale: Number(scale) };
}

const memory = (at: number | null, offset: number): Memory => ({
  kind: 'memory',
  register: at,
  offset,
  index: null,
  scale: 1,
});

function arm64(operand: string): Form | null {
  const constant = /^(-?\d+)$/.exec(operand)?.[1];
  if (constant !== undefined) return { kind: 'constant', value: BigInt(constant) };
  if (/^[xw]zr$/.test(operand)) return { kind: 'constant', value: 0n };
  const [inMemory, base, offset = '0'] = /^\[(\w+)(?:,\s*#?(-?\d+))?\]$/.exec(operand) ?? [];
  const at = register('arm64', base ?? operand);
  if (at === null) return null;
  return inMemory === undefined ? { kind: 'register', register: at, shift: 0 } : memory(at, Number(offset));
}

const integer = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
