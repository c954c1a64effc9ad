/** The smallest programs, for asking the kernel what it takes. 8 bytes an instruction, by hand: probing needs no assembler. */
import { Program } from '../prog/program.ts';
import type { ProgramSpec } from '../prog/program.ts';
import type { Scope } from '../sys/handle.ts';
import { BPF_PSEUDO_KFUNC_CALL } from '../uapi/flags.ts';

const MOV_IMM = 0xb7;
const CALL = 0x85;
const EXIT = 0x95;

/** code, registers (source in the high half), offset, immediate. */
export const instruction = (code: number, registers = 0, offset = 0, immediate = 0): Uint8Array => {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, code);
  view.setUint8(1, registers);
  view.setInt16(2, offset, true);
  view.setInt32(4, immediate, true);
  return bytes;
};

export const assemble = (...instructions: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(instructions.length * 8);
  instructions.forEach((each, index) => bytes.set(each, index * 8));
  return bytes;
};

/** `return 0` */
export const RETURN_0 = assemble(instruction(MOV_IMM), instruction(EXIT));

const callWithZeros = (registers: number, id: number): Uint8Array =>
  assemble(
    ...[1, 2, 3, 4, 5].map((register) => instruction(MOV_IMM, register)),
    instruction(CALL, registers, 0, id),
    instruction(MOV_IMM),
    instruction(EXIT),
  );

/** Calls a helper with all arguments 0: refused for them, or for not being a helper that this program may call. */
export const callHelper = (id: number): Uint8Array => callWithZeros(0, id);

/** The same for a kernel function, by its BTF id. */
export const callKernelFunction = (btfId: number): Uint8Array => callWithZeros(BPF_PSEUDO_KFUNC_CALL << 4, btfId);

export const loadTiny = (
  scope: Scope,
  spec: Omit<ProgramSpec, 'name' | 'instructions'> & Partial<ProgramSpec>,
): Program => scope.add(Program.load({ name: 'probe', instructions: RETURN_0, ...spec }));
