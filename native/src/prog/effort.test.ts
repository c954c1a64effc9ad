import { expect, it } from 'vitest';
import { assemble, instruction } from '../features/tiny-program.ts';
import { verifiesQuickly } from './effort.ts';

const move = instruction(0xb7);
const exit = instruction(0x95);
const branch = instruction(0x15, 0, 1);
const many = (count: number, line: Uint8Array): Uint8Array[] => Array.from({ length: count }, () => line);

it.each<[string, Uint8Array, boolean]>([
  ['nothing but an end', assemble(move, exit), true],
  ['some branches', assemble(move, ...many(24, branch), move, exit), true],
  ['many branches', assemble(move, ...many(25, branch), move, exit), false],
  ['a way back that is no loop', assemble(instruction(0x05, 0, 2), move, exit, instruction(0x05, 0, -3)), true],
  ['a loop', assemble(move, instruction(0xa5, 0, -2, 9), exit), false],
  ['many calls', assemble(...many(100, instruction(0x85, 0, 0, 5)), exit), true],
  ['a function of its own, called from behind', assemble(move, exit, instruction(0x85, 0x10, 0, -3), exit), true],
  ['many lines', assemble(...many(5000, move), exit), false],
])('%s', (_, instructions, quick) => expect(verifiesQuickly(instructions)).toBe(quick));
