// @vitest-environment jsdom
import { FieldType, toDataFrame } from '@grafana/data';
import { expect, test } from 'vitest';
import { toFlames, within } from './model.ts';

/** all(10) > a(6) > c(4); all > b(3), and 1 in `all` itself. */
const frame = toDataFrame({
  fields: [
    { name: 'level', type: FieldType.number, values: [0, 1, 2, 1] },
    { name: 'value', type: FieldType.number, values: [10, 6, 4, 3] },
    { name: 'self', type: FieldType.number, values: [1, 2, 4, 3] },
    { name: 'label', type: FieldType.string, values: ['all', 'a', 'c', 'b'] },
  ],
});

test('children begin with their parent, siblings follow each other', () => {
  const flames = toFlames(frame);
  expect(flames?.depth).toBe(3);
  expect(flames?.boxes.map(({ label, start, value }) => [label, start, value])).toEqual([
    ['all', 0, 10],
    ['a', 0, 6],
    ['c', 0, 4],
    ['b', 6, 3],
  ]);
});

test('focused on a box, its ancestors and descendants stay', () => {
  const boxes = toFlames(frame)?.boxes ?? [];
  const seen = (label: string) =>
    within(boxes, boxes.find((box) => box.label === label) ?? boxes[0]!).map((box) => box.label);
  expect(seen('b')).toEqual(['all', 'b']);
  expect(seen('a')).toEqual(['all', 'a', 'c']);
  expect(seen('all')).toEqual(['all', 'a', 'c', 'b']);
});

test('other frames are none', () => {
  expect(toFlames(toDataFrame({ fields: [] }))).toBeNull();
});
