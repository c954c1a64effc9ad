import { describe, expect, it } from 'vitest';
import { INT64, UINT64, UINT32, type Type } from '../language/types.ts';
import type { Cell } from './cell.ts';
import { mapJson } from './map-json.ts';
import { mapText } from './map-text.ts';
import { viewMap, type MapEntry, type MapShape, type ViewOptions } from './map-view.ts';
import { NO_NAMES } from './names.ts';
import type { DecodeContext } from './value.ts';

const context: DecodeContext = { names: NO_NAMES, structs: { fields: () => null }, truncation: '..' };
const ALL: ViewOptions = { top: null, div: null };

const comm: Type = { kind: 'string', size: 16 };
const pair: Type = { kind: 'tuple', elements: [UINT32, { kind: 'string', size: 8 }] };
const COUNT: Type = { kind: 'aggregate', of: { kind: 'count' } };
const HIST: Type = { kind: 'aggregate', of: { kind: 'hist', bits: 0 } };
const STATS: Type = { kind: 'aggregate', of: { kind: 'stats', signed: true } };
const LHIST: Type = { kind: 'aggregate', of: { kind: 'lhist', min: 0n, max: 10n, step: 2n } };

function text(value: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(value).subarray(0, size));
  return bytes;
}

function pairKey(number: number, name: string): Uint8Array {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(0, number, true);
  bytes.set(text(name, 8), 4);
  return bytes;
}

const number = (value: number | bigint): Cell => ({ kind: 'number', value });
const counts = (length: number, filled: Record<number, number>): Cell => {
  const array = new Float64Array(length);
  for (const [index, count] of Object.entries(filled)) array[Number(index)] = count;
  return { kind: 'histogram', counts: array };
};
const scalar = (cell: Cell): MapEntry[] => [{ key: new Uint8Array(0), cell }];
const plain = (value: bigint): Cell => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return { kind: 'plain', bytes };
};

const render = (shape: MapShape, entries: readonly MapEntry[], options = ALL): [string, string | null] => {
  const view = viewMap(shape, entries, options, context);
  return [mapText(view), mapJson(view)];
};

describe('maps as bpftrace prints them', () => {
  it('sorts counts by value, largest last, and cuts to the top', () => {
    const shape = { name: '@', key: comm, value: COUNT };
    const entries = [
      { key: text('dd', 16), cell: number(30) },
      { key: text('bash', 16), cell: number(5) },
      { key: text('npm i', 16), cell: number(7) },
    ];
    expect(render(shape, entries)).toEqual([
      '@[bash]: 5\n@[npm i]: 7\n@[dd]: 30\n',
      '{"type": "map", "data": {"@": {"bash": 5, "npmi": 7, "dd": 30}}}',
    ]);
    expect(render(shape, entries, { top: 2, div: 2 })[0]).toBe('@[npm i]: 3\n@[dd]: 15\n');
  });

  it('writes tuple keys without parentheses', () => {
    const shape = { name: '@x', key: pair, value: INT64 };
    const entries = [
      { key: pairKey(2, 'b'), cell: plain(1n) },
      { key: pairKey(1, 'z'), cell: plain(-9n) },
    ];
    expect(render(shape, entries)).toEqual([
      '@x[1, z]: -9\n@x[2, b]: 1\n',
      '{"type": "map", "data": {"@x": {"1,z": -9, "2,b": 1}}}',
    ]);
  });

  it('writes integers that a double cannot hold as strings in JSON', () => {
    const [plainText, json] = render({ name: '@u', key: null, value: UINT64 }, scalar(plain(-1n)));
    expect(plainText).toBe('@u: 18446744073709551615\n');
    expect(json).toBe('{"type": "map", "data": {"@u": "18446744073709551615"}}');
  });

  it('draws log2 histograms', () => {
    const shape = { name: '@h', key: null, value: HIST };
    const [drawn, json] = render(shape, scalar(counts(65, { 0: 1, 2: 4, 4: 2, 11: 4 })));
    expect(drawn.split('\n')).toEqual([
      '@h:',
      '(..., 0)               1 |@@@@@@@@@@@@@                                       |',
      '[0]                    0 |                                                    |',
      '[1]                    4 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|',
      '[2, 4)                 0 |                                                    |',
      '[4, 8)                 2 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |',
      '[8, 16)                0 |                                                    |',
      '[16, 32)               0 |                                                    |',
      '[32, 64)               0 |                                                    |',
      '[64, 128)              0 |                                                    |',
      '[128, 256)             0 |                                                    |',
      '[256, 512)             0 |                                                    |',
      '[512, 1K)              4 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|',
      '',
      '',
    ]);
    expect(json?.slice(0, 91)).toBe(
      '{"type": "hist", "data": {"@h": [{"max": -1, "count": 1}, {"min": 0, "max": 0, "count": 0},',
    );
  });

  it('draws linear histograms with open ends', () => {
    const shape = { name: '@l', key: comm, value: LHIST };
    const entries = [{ key: text('a', 16), cell: counts(7, { 0: 1, 1: 1, 6: 2 }) }];
    const [drawn, json] = render(shape, entries);
    expect(drawn.split('\n').map((line) => line.slice(0, 24))).toEqual([
      '@l[a]:',
      '(..., 0)               1',
      '[0, 2)                 1',
      '[2, 4)                 0',
      '[4, 6)                 0',
      '[6, 8)                 0',
      '[8, 10)                0',
      '[10, ...)              2',
      '',
      '',
    ]);
    expect(json?.endsWith('{"min": 8, "max": 9, "count": 0}, {"min": 10, "count": 2}]}}}')).toBe(true);
  });

  it('has bounds for linear buckets of one value', () => {
    const of = { kind: 'lhist', min: 0n, max: 3n, step: 1n } as const;
    const entries = scalar(counts(5, { 2: 1 }));
    const [drawn] = render({ name: '@l', key: null, value: { kind: 'aggregate', of } }, entries);
    expect(drawn.split('\n')[1]?.slice(0, 24)).toBe('[1, 2)                 1');
  });

  it('says nothing of a histogram without a value', () => {
    expect(render({ name: '@h', key: null, value: HIST }, scalar(counts(65, {})))).toEqual(['', null]);
  });

  it('writes stats as records', () => {
    expect(render({ name: '@s', key: null, value: STATS }, scalar({ kind: 'average', total: -7, count: 2 }))).toEqual([
      '@s: { .count = 2, .average = -3, .total = -7 }\n',
      '{"type": "stats", "data": {"@s": {"count": 2, "average": -3, "total": -7}}}',
    ]);
  });

  it('marks strings that were cut off', () => {
    expect(
      render({ name: '@', key: { kind: 'string', size: 5 }, value: COUNT }, [
        { key: Uint8Array.of(...text('abcd', 4), 0xff), cell: number(1) },
      ])[0],
    ).toBe('@[abcd..]: 1\n');
  });
});
