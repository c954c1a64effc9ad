// @vitest-environment jsdom
import { FieldType, toDataFrame } from '@grafana/data';
import { expect, test } from 'vitest';
import { valuesOf } from './values-of.ts';

const frame = (...fields: { name: string; type: FieldType; values: unknown[] }[]) => toDataFrame({ fields });

test('the first text column, each value once, in the order of the rows', () => {
  const found = valuesOf([
    frame(
      { name: '@', type: FieldType.number, values: [3, 2, 1] },
      { name: 'comm', type: FieldType.string, values: ['dd', 'sh', 'dd'] },
    ),
    frame({ name: 'comm', type: FieldType.string, values: ['sh', '', null, 'node'] }),
  ]);
  expect(found).toEqual(['dd', 'sh', 'node'].map((value) => ({ text: value, value })));
});

test('numbers where there is no text, and nothing of an empty answer', () => {
  expect(valuesOf([frame({ name: 'pid', type: FieldType.number, values: [7] })])).toEqual([{ text: '7', value: '7' }]);
  expect(valuesOf([])).toEqual([]);
});
