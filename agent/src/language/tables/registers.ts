/** Register names of reg(): the fields of the architecture's pt_regs. */
const X64 = 'r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss'.split(' ');
const ARM64 = [...Array.from({ length: 31 }, (_, i) => `r${String(i)}`), 'sp', 'pc', 'pstate'];

export function registerNames(arch: 'x64' | 'arm64'): readonly string[] {
  return arch === 'x64' ? X64 : ARM64;
}

/** Byte offset in pt_regs, null for an unknown name. */
export function registerOffset(arch: 'x64' | 'arm64', name: string): number | null {
  const index = registerNames(arch).indexOf(name);
  return index === -1 ? null : index * 8;
}
