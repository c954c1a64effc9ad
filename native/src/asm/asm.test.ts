import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  aluImm,
  aluReg,
  assemble,
  atomic,
  call,
  disassemble,
  exit,
  jump,
  jumpImm,
  jumpReg,
  load,
  loadConstant,
  loadSigned,
  neg,
  R0,
  R1,
  R10,
  store,
  storeImm,
  toBigEndian,
  type Instruction,
  type Item,
} from './index.ts';

const hex = (i: Instruction): string => Buffer.from(assemble([i]).bytes).toString('hex');
const text = (i: Instruction): string => disassemble(assemble([i]).bytes)[0]?.text ?? '';

describe('encoding', () => {
  const cases: readonly [Instruction, string, string][] = [
    [aluImm('mov', R0, -1), 'b7000000ffffffff', 'r0 = -1'],
    [aluReg('add', R0, R1, 32), '0c10000000000000', 'w0 += w1'],
    [aluImm('arsh', R1, 3), 'c701000003000000', 'r1 s>>= 3'],
    [neg(R1), '8701000000000000', 'r1 = -r1'],
    [toBigEndian(R1, 16), 'dc01000010000000', 'r1 = be16 r1'],
    [load(4, R1, R10, -8), '61a1f8ff00000000', 'r1 = *(u32 *)(r10 -8)'],
    [loadSigned(1, R1, R10, -8), '91a1f8ff00000000', 'r1 = *(s8 *)(r10 -8)'],
    [store(8, R10, -16, R1), '7b1af0ff00000000', '*(u64 *)(r10 -16) = r1'],
    [storeImm(2, R1, 4, 7), '6a01040007000000', '*(u16 *)(r1 +4) = 7'],
    [atomic('add', 8, R1, 0, R0), 'db01000000000000', 'lock *(u64 *)(r1 +0) += r0'],
    [atomic('add', 8, R1, 0, R0, true), 'db01000001000000', 'r0 = atomic_fetch_add((u64 *)(r1 +0), r0)'],
    [loadConstant(R1, 0x1122334455667788n), '18010000887766550000000044332211', 'r1 = 0x1122334455667788 ll'],
    [call(14), '850000000e000000', 'call #14'],
    [exit(), '9500000000000000', 'exit'],
  ];
  it.each(cases)('%#', (instruction, bytes, line) => {
    expect(hex(instruction)).toBe(bytes);
    expect(text(instruction)).toBe(line);
  });
});

describe('labels', () => {
  const end = { name: 'end' };

  it('count two slots for a 64-bit immediate load', () => {
    const items: Item[] = [jumpImm('jeq', R1, 0, end), loadConstant(R0, 1n << 40n), { label: end }, exit()];
    expect(disassemble(assemble(items).bytes)[0]?.text).toBe('if r1 == 0 goto pc+2');
  });

  it('compare registers in 32 bits', () => {
    const items: Item[] = [{ label: end }, jumpReg('jslt', R0, R1, end, 32)];
    expect(disassemble(assemble(items).bytes)[0]?.text).toBe('if w0 s< w1 goto pc-1');
  });

  it('reach any distance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 32700, max: 32850 }), fc.boolean(), (n, conditional) => {
        const first = conditional ? jumpImm('jne', R1, 5, end) : jump(end);
        const items: Item[] = [first, ...Array<Item>(n).fill(aluImm('mov', R0, 0)), { label: end }, exit()];
        const { bytes, labels } = assemble(items);
        const lines = disassemble(bytes);
        const far = lines.find((l) => l.text.startsWith('gotol'));
        const goal = labels.get(end);
        if (far === undefined) expect(lines[0]?.text).toMatch(new RegExp(`goto pc\\+${(goal ?? 0) - 1}$`));
        else expect(far.text).toBe(`gotol pc+${(goal ?? 0) - far.slot - 1}`);
      }),
      { numRuns: 20 },
    );
  });

  it('that are missing or double are refused', () => {
    expect(() => assemble([jump(end)])).toThrow(/not placed/);
    expect(() => assemble([{ label: end }, { label: end }])).toThrow(/placed twice/);
  });
});
