import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../decode/cell.ts';
import { NO_NAMES } from '../decode/names.ts';
import { Accumulator, type StepDeltas } from './accumulator.ts';
import type { Delta } from './delta.ts';
import { KeyTable } from './key-table.ts';
import { mergeSteps } from './map-output.ts';

const context = { names: NO_NAMES, structs: { fields: () => null }, truncation: '..' };
const keys = (): KeyTable => new KeyTable({ kind: 'int', size: 1, signed: false }, context);
const KEY = Uint8Array.of(1);

/** A program's life: events counted, readings, steps, and the program's own clears (read first, as the engine does). */
const life = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('count' as const), by: fc.integer({ min: 1, max: 50 }), bucket: fc.nat(9) }),
    fc.record({ do: fc.constantFrom('read' as const, 'step' as const, 'clear' as const) }),
  ),
);

describe('steps', () => {
  it('add up to everything that was counted, whatever is cleared in between', () => {
    fc.assert(
      fc.property(life, (events) => {
        const accumulator = new Accumulator({ kind: 'cumulative', signed: false }, keys());
        let counts = new Float64Array(10);
        const expected = new Float64Array(10);
        const steps: StepDeltas[] = [];
        const read = (): void => {
          const cell: Cell = { kind: 'histogram', counts: counts.slice() };
          accumulator.collect([{ key: KEY, cell }]);
        };
        for (const event of [...events, { do: 'step' as const }]) {
          if (event.do === 'count') {
            counts[event.bucket]! += event.by;
            expected[event.bucket]! += event.by;
            continue;
          }
          read();
          if (event.do === 'step') steps.push(accumulator.flush());
          if (event.do === 'clear') {
            counts = new Float64Array(10);
            accumulator.cleared();
          }
        }
        expect(dense(mergeSteps(steps).get(0))).toEqual([...expected]);
        expect(dense(accumulator.totals.get(0))).toEqual([...expected]);
      }),
    );
  });

  it('takes a counter that went down for one that was cleared', () => {
    const accumulator = new Accumulator({ kind: 'cumulative', signed: false }, keys());
    const number = (value: number): void => accumulator.collect([{ key: KEY, cell: { kind: 'number', value } }]);
    number(10);
    accumulator.flush();
    number(4);
    expect(accumulator.flush().get(0)).toMatchObject({ value: 4 });
  });

  it('lets signed sums go down', () => {
    const accumulator = new Accumulator({ kind: 'cumulative', signed: true }, keys());
    for (const value of [10, 4, -3]) accumulator.collect([{ key: KEY, cell: { kind: 'number', value } }]);
    expect(accumulator.flush().get(0)).toMatchObject({ value: -3 });
  });

  it('keeps the extreme of a step and of several', () => {
    const accumulator = new Accumulator({ kind: 'extreme', low: true }, keys());
    const steps = [[7, 3], [5], [9]].map((values) => {
      for (const value of values) accumulator.collect([{ key: KEY, cell: { kind: 'extreme', value } }]);
      return accumulator.flush();
    });
    expect(steps.map((step) => step.get(0))).toMatchObject([{ value: 3 }, { value: 5 }, { value: 9 }]);
    expect(mergeSteps(steps.slice(1)).get(0)).toMatchObject({ value: 5 });
  });
});

function dense(delta: Delta | undefined): number[] {
  const all = new Float64Array(10);
  if (delta?.kind === 'histogram') all.set(delta.counts, delta.first);
  return [...all];
}
