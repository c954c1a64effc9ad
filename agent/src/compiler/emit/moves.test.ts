import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Register } from '@bpfscope/native/asm';
import { parallelMoves, type Move } from './moves.ts';

/** What the registers hold after the moves, each beginning with its own number. */
function run(moves: readonly Move[]): number[] {
  const registers = Array.from({ length: 11 }, (_, n) => n);
  for (const { dst, src } of parallelMoves(moves)) registers[dst] = registers[src] ?? -1;
  return registers;
}

describe('parallel moves', () => {
  it('do what moving all at once would do', () => {
    const targets = fc.shuffledSubarray<Register>([1, 2, 3, 4, 5]);
    fc.assert(
      fc.property(targets, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5, maxLength: 5 }), (to, from) => {
        const moves = to.map((t, n) => ({ to: t, from: (from[n] ?? 1) as Register }));
        const after = run(moves);
        for (const m of moves) expect(after[m.to]).toBe(m.from);
      }),
    );
  });

  it('swap two registers through r0', () => {
    expect(
      run([
        { to: 1, from: 2 },
        { to: 2, from: 1 },
      ]).slice(1, 3),
    ).toEqual([2, 1]);
  });

  it('take a value from r0 before r0 breaks a cycle', () => {
    const after = run([
      { to: 1, from: 2 },
      { to: 2, from: 1 },
      { to: 3, from: 0 },
    ]);
    expect(after.slice(1, 4)).toEqual([2, 1, 0]);
  });

  it('emit nothing for what is in place', () => {
    expect(parallelMoves([{ to: 1, from: 1 }])).toEqual([]);
  });
});
