/** Where struct pt_regs keeps arguments and results: arch/x86/include/uapi/asm/ptrace.h and its arm64 counterpart. */
import type { AttachSite } from '../../language/attach.ts';

type Arch = 'x64' | 'arm64';

/** Byte offsets in struct pt_regs of x86-64. */
const X64: Readonly<Record<string, number>> = {
  r15: 0,
  r14: 8,
  r13: 16,
  r12: 24,
  bp: 32,
  bx: 40,
  r11: 48,
  r10: 56,
  r9: 64,
  r8: 72,
  ax: 80,
  cx: 88,
  dx: 96,
  si: 104,
  di: 112,
  orig_ax: 120,
  ip: 128,
  cs: 136,
  flags: 144,
  sp: 152,
  ss: 160,
};

const ARM64: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`r${n}`, n * 8])),
  ...Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`x${n}`, n * 8])),
  sp: 248,
  pc: 256,
  pstate: 264,
};

const REGISTERS: Readonly<Record<Arch, Readonly<Record<string, number>>>> = { x64: X64, arm64: ARM64 };
const ARGUMENTS: Readonly<Record<Arch, readonly string[]>> = {
  x64: ['di', 'si', 'dx', 'cx', 'r8', 'r9'],
  arm64: ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'],
};

/** Offset of a register in the context; null when there is none of that name. */
export const registerOffset = (arch: Arch, name: string): number | null => REGISTERS[arch][name] ?? null;

export function argumentOffset(arch: Arch, index: number): number | null {
  const name = ARGUMENTS[arch][index];
  return name === undefined ? null : registerOffset(arch, name);
}

export const returnOffset = (arch: Arch): number => registerOffset(arch, arch === 'x64' ? 'ax' : 'r0') ?? 0;
export const instructionPointer = (arch: Arch): number => registerOffset(arch, arch === 'x64' ? 'ip' : 'pc') ?? 0;

/** Sites whose context is struct pt_regs (perf events begin with it). */
const WITH_REGISTERS: ReadonlySet<AttachSite['kind']> = new Set([
  'kprobe',
  'uprobe',
  'usdt',
  'profile',
  'interval',
  'software',
  'hardware',
  'watchpoint',
]);

export const isRegisters = (site: AttachSite): boolean => WITH_REGISTERS.has(site.kind);
