/** Register allocation: values that live at the same time never share a register or a place on the stack. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Builder } from '../ir/builder.ts';
import type { Insn, Reg, Value } from '../ir/instruction.ts';
import { legalise } from '../passes/legalise.ts';
import { allocate } from './index.ts';

type Step =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'add' | 'sub' | 'mul'; readonly left: number; readonly right: number }
  | { readonly kind: 'call'; readonly args: readonly number[] };

const MASK = (v: bigint): bigint => BigInt.asUintN(64, v);
/** What a made-up helper returns. */
const helper = (args: readonly bigint[]): bigint => MASK(args.reduce((s, a, n) => s + a * BigInt(n + 3), 11n));

const ALU: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
};

/** Values of the steps, without registers. */
function plain(steps: readonly Step[]): bigint[] {
  const values: bigint[] = [];
  const at = (n: number): bigint => values[n % Math.max(1, values.length)] ?? 1n;
  for (const s of steps) {
    if (s.kind === 'constant') values.push(BigInt(s.value));
    else if (s.kind === 'call') values.push(helper(s.args.map(at)));
    else values.push(MASK(ALU[s.kind]?.(at(s.left), at(s.right)) ?? 0n));
  }
  return values;
}

/** Runs allocated IR on machine registers and a stack; calls destroy r0-r5. */
function execute(insns: readonly Insn[], registers: Int8Array, result: Value): bigint {
  const file = new Array<bigint>(10).fill(0xdeadn);
  const stack = new Map<number, bigint>();
  const place = (r: Reg): number => registers[r.id] ?? -1;
  const read = (v: unknown): bigint => (typeof v === 'bigint' ? MASK(v) : (file[place(v as Reg)] ?? 0n));
  for (const i of insns) {
    if (i.op === 'mov') file[place(i.dst)] = read(i.src);
    else if (i.op === 'alu') file[place(i.dst)] = MASK(ALU[i.fn]?.(read(i.left), read(i.right)) ?? 0n);
    else if (i.op === 'load' && i.base.kind === 'slot-address') file[place(i.dst)] = stack.get(i.base.offset) ?? 0xbadn;
    else if (i.op === 'store' && i.base.kind === 'slot-address') stack.set(i.base.offset, read(i.src));
    else if (i.op === 'call') {
      const value = helper(i.args.map(read));
      for (let n = 0; n < 6; n++) file[n] = 0xbeefn;
      if (i.dst !== null) file[place(i.dst)] = value;
    }
  }
  return read(result);
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), value: fc.integer({ min: 0, max: 1000 }) }),
  fc.record({
    kind: fc.constantFrom('add' as const, 'sub' as const, 'mul' as const),
    left: fc.nat(99),
    right: fc.nat(99),
  }),
  fc.record({ kind: fc.constant('call' as const), args: fc.array(fc.nat(99), { maxLength: 5 }) }),
);

describe('register allocation', () => {
  it('keeps every value, however many live at once', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const b = new Builder('f', 1);
        const regs: Reg[] = [];
        const at = (n: number): Value => regs[n % Math.max(1, regs.length)] ?? 1n;
        for (const s of steps) {
          const dst = b.reg();
          if (s.kind === 'constant') b.assign(dst, BigInt(s.value));
          else if (s.kind === 'call') b.assign(dst, b.call('made_up', ...s.args.map(at)));
          else b.assign(dst, b.alu(s.kind, at(s.left), at(s.right)));
          regs.push(dst);
        }
        let sum: Value = 0n;
        for (const r of regs) sum = b.alu('add', sum, r);
        b.ret(sum);
        legalise(b.fn);
        const { order, registers } = allocate(b.fn);
        const end = order.at(-1)?.end;
        const result = end?.op === 'return' ? end.value : 0n;
        const want = MASK(plain(steps).reduce((s, v) => s + v, 0n));
        expect(
          execute(
            order.flatMap((block) => block.insns),
            registers,
            result,
          ),
        ).toBe(want);
      }),
      { numRuns: 300 },
    );
  });

  it('gives registers that calls keep to what lives across them', () => {
    const b = new Builder('f', 1);
    const kept = b.call('get_prandom_u32');
    const other = b.call('get_prandom_u32');
    b.ret(b.alu('add', kept, other));
    const { registers } = allocate(b.fn);
    expect(registers[kept.id]).toBeGreaterThanOrEqual(6);
    expect(registers[other.id]).toBe(0);
  });
});
