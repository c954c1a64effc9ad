/** Pure instruction encoder and disassembler: BPF instructions in, bytes out, the same anywhere. */
export * from './opcode.ts';
export * from './register.ts';
export * from './instruction.ts';
export * from './assemble.ts';
export * from './disassemble.ts';
