import { describe, expect, it } from 'vitest';
import type { UserMap } from '../compiler/program.ts';
import type { Cell } from '../decode/cell.ts';
import type { MapEntry } from '../decode/map-view.ts';
import type { Aggregate } from '../language/types.ts';
import { ClearedMap } from './cleared-map.ts';
import type { RawMap } from './map-reader.ts';

/** A kernel's map of numbers that programs add to. */
class Counts implements RawMap {
  readonly values = new Map<string, number>();
  readonly cell: (value: number) => Cell;

  constructor(cell: (value: number) => Cell) {
    this.cell = cell;
  }

  add(key: string, value = 1): void {
    this.values.set(key, (this.values.get(key) ?? 0) + value);
  }

  read(): MapEntry[] {
    return [...this.values].map(([key, value]) => ({ key: Buffer.from(key), cell: this.cell(value) }));
  }

  take(): MapEntry[] {
    const entries = this.read();
    this.values.clear();
    return entries;
  }

  zero(): void {
    for (const key of this.values.keys()) this.values.set(key, 0);
  }
}

const COUNT: Aggregate = { kind: 'count' };
const numberOf = (cell: Cell): number | null =>
  cell.kind === 'number' || cell.kind === 'extreme' ? (cell.value === null ? null : Number(cell.value)) : null;
const shown = (entries: readonly MapEntry[]): Record<string, number | null> =>
  Object.fromEntries(entries.map(({ key, cell }) => [Buffer.from(key).toString(), numberOf(cell)]));

function counted(room: number, of = COUNT, cell = (value: number): Cell => ({ kind: 'number', value })) {
  const raw = new Counts(cell);
  const map = new ClearedMap({} as UserMap, raw, { of, room, keyed: true });
  return { raw, map };
}

describe.each([
  ['that stay', 10],
  ['that are removed', 0],
])('keys %s', (_, room) => {
  it('are printed with what came since, and only once', () => {
    const { raw, map } = counted(room);
    raw.add('a', 5);
    raw.add('b', 2);
    expect(shown(map.print())).toEqual({ a: 5, b: 2 });
    raw.add('a', 3);
    raw.add('c');
    expect(shown(map.clear(true))).toEqual({ a: 5, b: 2 });
    expect(shown(map.read())).toEqual({ a: 3, c: 1 });
    raw.add('a');
    expect(shown(map.print())).toEqual({ a: 4, c: 1 });
    map.clear(true);
    expect(shown(map.read())).toEqual({});
  });

  it('are cleared with all that is there when nothing was printed', () => {
    const { raw, map } = counted(room);
    raw.add('a', 5);
    map.print();
    raw.add('a');
    expect(shown(map.clear(false))).toEqual({ a: 6 });
    expect(shown(map.read())).toEqual({});
    raw.add('a');
    expect(shown(map.read())).toEqual({ a: 1 });
  });

  it('are left alone by a second clear of one print', () => {
    const { raw, map } = counted(room);
    raw.add('a', 5);
    map.print();
    map.clear(true);
    raw.add('a', 2);
    expect(map.clear(true)).toEqual([]);
    expect(shown(map.read())).toEqual({ a: 2 });
  });

  it('stay after zero until they are cleared', () => {
    const { raw, map } = counted(room);
    raw.add('a', 5);
    map.print();
    map.zero(true);
    expect(shown(map.print())).toEqual({ a: 0 });
    map.clear(true);
    expect(shown(map.read())).toEqual({});
  });
});

it('removes keys once there are more than may stay', () => {
  const { raw, map } = counted(2);
  for (const key of ['a', 'b', 'c']) raw.add(key, 4);
  map.print();
  raw.add('b');
  map.clear(true);
  expect(raw.values.size).toBe(0);
  expect(shown(map.read())).toEqual({ b: 1 });
});

it('keeps an extreme that came after the print, and only that', () => {
  const extreme = (value: number): Cell => ({ kind: 'extreme', value });
  const { raw, map } = counted(0, { kind: 'max', signed: true }, extreme);
  raw.add('a', 5);
  raw.add('b', 7);
  map.print();
  raw.add('a', 1);
  map.clear(true);
  expect(shown(map.read())).toEqual({ a: 6 });
});

it('gives up extremes one reading at a time', () => {
  const { raw, map } = counted(0, { kind: 'min', signed: true }, (value) => ({ kind: 'extreme', value }));
  raw.add('a', 5);
  expect(shown(map.clear(false))).toEqual({ a: 5 });
  raw.add('a', 9);
  expect(shown(map.clear(false))).toEqual({ a: 9 });
});
