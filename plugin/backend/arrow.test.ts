import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeArrow } from '../host/decode.ts';
import type { Field, Frame } from '../shared/index.ts';
import { encodeArrow, nanoseconds } from './arrow.ts';

const ROWS = 5;
const column = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values), { minLength: ROWS, maxLength: ROWS });
const field: fc.Arbitrary<Field> = fc
  .record({
    // Names that look like integers once reordered the columns, and equal ones were taken for one.
    name: fc.oneof(fc.constantFrom('a', 'b'), fc.string({ minLength: 1 }), fc.nat().map(String)),
    labels: fc.dictionary(fc.constantFrom('comm', 'le', '1'), fc.string(), { minKeys: 1 }),
    typed: fc.oneof(
      fc.record({ type: fc.constant('number' as const), values: column(fc.double({ noNaN: true })) }),
      fc.record({ type: fc.constant('string' as const), values: column(fc.string({ unit: 'grapheme' })) }),
      fc.record({ type: fc.constant('boolean' as const), values: column(fc.boolean()) }),
      fc.record({ type: fc.constant('time' as const), values: column(fc.integer({ min: 0, max: 4e12 })) }),
    ),
  })
  .map(({ name, labels, typed }) => ({ name, labels, config: { unit: 'ns' }, ...typed }));

test('every frame is read back as it was, whatever its names, values and gaps', () => {
  fc.assert(
    fc.property(fc.array(field, { maxLength: 6 }), fc.string(), (fields, name) => {
      const frame: Frame = { name, refId: 'A', meta: { type: 'table', typeVersion: [0, 1] }, fields };
      expect(decodeArrow(encodeArrow(frame))).toEqual(frame);
    }),
  );
});

test('columns of one name may have different types', () => {
  const fields: Field[] = [
    { name: 'Time', type: 'time', values: [1000, 2000] },
    { name: 'Time', type: 'string', values: ['a', 'b'] },
    { name: 'Time', type: 'number', values: [1, null] },
  ];
  expect(decodeArrow(encodeArrow({ fields })).fields.map(({ values }) => values)).toEqual(
    fields.map(({ values }) => values),
  );
});

test('times keep their microseconds', () => {
  expect(nanoseconds(1_700_000_000_000.125)).toBe(1_700_000_000_000_125_000n);
  expect(nanoseconds(-1.5)).toBe(-1_500_000n);
});

test('a hundred thousand points are no matter', () => {
  const values = Array.from({ length: 100_000 }, (_, index) => index);
  const fields: Field[] = [
    { name: 'Time', type: 'time', values },
    { name: 'v', type: 'number', values },
  ];
  expect(decodeArrow(encodeArrow({ fields })).fields[1]?.values.at(-1)).toBe(99_999);
});
