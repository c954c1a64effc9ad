/** Whether a breakpoint may be put at a place of a file: inside an instruction it would change what that does. */
import type { ElfFile } from './file.ts';
import { instructionLength, LONGEST } from './x86-instruction.ts';

const EM_X86_64 = 62;
const EM_AARCH64 = 183;
/** Further from a function's beginning nobody looks. */
const FURTHEST = 1 << 20;

/** `from`: file offset where a function begins; null when the bytes between cannot be read as instructions. */
export function startsInstruction(file: ElfFile, from: number, at: number): boolean | null {
  if (at < from || at - from > FURTHEST) return null;
  if (file.machine === EM_AARCH64) return (at - from) % 4 === 0;
  if (file.machine !== EM_X86_64) return null;
  const code = file.read(from, at - from + LONGEST);
  let position = 0;
  while (position < at - from) {
    const length = instructionLength(code, position);
    if (length === null) return null;
    position += length;
  }
  return position === at - from && instructionLength(code, position) !== null;
}
