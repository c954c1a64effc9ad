// @vitest-environment jsdom
import { FieldType, toDataFrame } from '@grafana/data';
import { describe, expect, test } from 'vitest';
import { cellAt, edgeLabel, toGrid } from './model.ts';

const STEP = 1000;
const frame = (custom: Record<string, unknown> | undefined = BUCKETS) =>
  toDataFrame({
    meta: { type: 'heatmap-rows', ...(custom && { custom }) },
    fields: [
      { name: 'Time', type: FieldType.time, values: [1000, 2000, 4000], config: { interval: STEP } },
      { name: '1–2 µs', type: FieldType.number, values: [5, null, 0] },
      { name: '≥ 2 µs', type: FieldType.number, values: [1, null, 7] },
    ],
  });
const BUCKETS = {
  buckets: [
    { lower: 1000, upper: 2000 },
    { lower: 2000, upper: null },
  ],
  bucketUnit: 'ns',
};

describe('toGrid', () => {
  test('counts, sums and keeps apart zero and not collected', () => {
    const grid = toGrid(frame());
    expect(grid).toMatchObject({ max: 7, total: 13, step: STEP, hasBounds: true, unit: 'ns' });
    expect(grid?.counts).toEqual([
      [5, null, 0],
      [1, null, 7],
    ]);
    expect(grid?.rows.map(({ label }) => label)).toEqual(['1–2 µs', '≥ 2 µs']);
  });

  test('without bounds the rows have their names', () => {
    const grid = toGrid(frame({}));
    expect(grid).toMatchObject({ hasBounds: false });
    expect(grid?.rows.map(({ label }) => label)).toEqual(['1–2 µs', '≥ 2 µs']);
  });

  test('a frame without numbers is none', () => {
    expect(toGrid(toDataFrame({ fields: [{ name: 'Time', type: FieldType.time, values: [] }] }))).toBeNull();
  });
});

test('edges carry the bounds, the open end infinity', () => {
  const grid = toGrid(frame());
  if (grid === null) throw new Error('no grid');
  expect([0, 1, 2].map((edge) => edgeLabel(grid, edge))).toEqual(['1 µs', '2 µs', '∞']);
});

describe('cellAt', () => {
  const grid = toGrid(frame());
  if (grid === null) throw new Error('no grid');
  test.each([
    // A time is the end of its step, which it belongs to; the start does not.
    [1000, 0.5, { row: 0, column: 0 }],
    [1, 1.99, { row: 1, column: 0 }],
    [1001, 0, { row: 0, column: 1 }],
    [3500, 1.5, { row: 1, column: 2 }],
  ])('%d ms, row %d', (time, y, expected) => {
    expect(cellAt(grid, time, y)).toEqual(expected);
  });
  test.each([
    [2500, 0.5, 'between columns'],
    [0, 0.5, 'before the first'],
    [1000, 2, 'above'],
    [1000, -0.1, 'below'],
  ])('%d ms, row %d: nothing, %s', (time, y) => {
    expect(cellAt(grid, time, y)).toBeNull();
  });
});
