/** A map as it is printed: keys and values decoded, in bpftrace's order, cut to the top and divided. */
import type { Type } from '../language/types.ts';
import type { Histogram } from './bucket.ts';
import type { Cell } from './cell.ts';
import { isInt, type Datum } from './datum.ts';
import { compare, divide, readInteger, type Int } from './integer.ts';
import { decodeBytes, type DecodeContext } from './value.ts';
import { elementOffsets, elementTypes } from '../language/layout.ts';

/** One element as read from the kernel. Scalar maps have one, with an empty key. */
export interface MapEntry {
  readonly key: Uint8Array;
  readonly cell: Cell;
}

export interface MapShape {
  readonly name: string;
  readonly key: Type | null;
  readonly value: Type;
}

export type ViewValue =
  | { readonly kind: 'datum'; readonly datum: Datum }
  | { readonly kind: 'histogram'; readonly histogram: Histogram; readonly counts: Float64Array; readonly div: number }
  | { readonly kind: 'series'; readonly points: readonly SeriesPoint[]; readonly intervalNs: bigint };

export interface SeriesPoint {
  /** Nanoseconds since 1970 of the interval's start. */
  readonly time: bigint;
  /** null: nothing in that interval. */
  readonly value: Int | null;
}

export interface MapView {
  readonly name: string;
  readonly scalar: boolean;
  /** What the values are: decides the JSON type. */
  readonly kind: 'map' | 'stats' | 'hist' | 'tseries';
  /** The values say how often something was seen. */
  readonly counts: boolean;
  readonly entries: readonly { readonly key: Datum; readonly value: ViewValue }[];
}

export interface ViewOptions {
  /** Only so many, the largest. */
  readonly top: number | null;
  readonly div: number | null;
}

export function viewMap(
  map: MapShape,
  entries: readonly MapEntry[],
  options: ViewOptions,
  context: DecodeContext,
): MapView {
  const sorted = sortEntries(map, entries).filter(({ cell }) => map.key !== null || !isBlank(cell));
  const { top } = options;
  const kept = top !== null && top > 0 && sorted.length > top ? sorted.slice(sorted.length - top) : sorted;
  const range = map.value.kind === 'aggregate' && map.value.of.kind === 'tseries' ? epochRange(map.value, kept) : null;
  return {
    name: map.name,
    counts: map.value.kind === 'aggregate' && map.value.of.kind === 'count',
    scalar: map.key === null,
    kind: viewKind(map.value),
    entries: kept.map((entry) => ({
      key: map.key === null ? null : decodeBytes(map.key, entry.key, context),
      value: viewValue(map.value, entry.cell, options.div || 1, range, context),
    })),
  };
}

/** A histogram without a key has nothing to show before the first value. */
const isBlank = (cell: Cell): boolean => cell.kind === 'histogram' && cell.counts.every((count) => count === 0);

function viewKind(value: Type): MapView['kind'] {
  if (value.kind !== 'aggregate') return 'map';
  switch (value.of.kind) {
    case 'hist':
    case 'lhist':
      return 'hist';
    case 'avg':
    case 'stats':
      return 'stats';
    case 'tseries':
      return 'tseries';
    default:
      return 'map';
  }
}

function viewValue(
  type: Type,
  cell: Cell,
  div: number,
  range: readonly [bigint, bigint] | null,
  context: DecodeContext,
): ViewValue {
  if (type.kind === 'aggregate') {
    const { of } = type;
    if (cell.kind === 'histogram' && (of.kind === 'hist' || of.kind === 'lhist')) {
      return { kind: 'histogram', histogram: of, counts: cell.counts, div };
    }
    if (cell.kind === 'series' && of.kind === 'tseries') {
      return {
        kind: 'series',
        points: seriesPoints(cell.values, of.interval, range, context),
        intervalNs: of.interval,
      };
    }
  }
  return { kind: 'datum', datum: cellDatum(type, cell, div, context) };
}

/** The single value of a cell that is not a histogram or series. */
export function cellDatum(type: Type, cell: Cell, div: number, context: DecodeContext): Datum {
  switch (cell.kind) {
    case 'plain': {
      const datum = decodeBytes(type, cell.bytes, context);
      return isInt(datum) && div !== 1 ? divide(datum, div) : datum;
    }
    case 'number':
      return divide(cell.value, div);
    case 'extreme':
      return divide(cell.value ?? 0, div);
    case 'average': {
      const average = divide(divide(cell.total, cell.count), div);
      if (type.kind !== 'aggregate' || type.of.kind !== 'stats') return average;
      return {
        kind: 'record',
        fields: [
          ['count', cell.count],
          ['average', average],
          ['total', cell.total],
        ],
      };
    }
    default:
      return null;
  }
}

function epochRange(type: Type, entries: readonly MapEntry[]): readonly [bigint, bigint] | null {
  let last = 0n;
  for (const { cell } of entries) {
    if (cell.kind === 'series') for (const epoch of cell.values.keys()) if (epoch > last) last = epoch;
  }
  if (type.kind !== 'aggregate' || type.of.kind !== 'tseries' || last === 0n) return null;
  return [last - BigInt(type.of.buckets) + 1n, last];
}

/** From the first interval with a value to the newest of the whole map; empty ones in between are null. */
function seriesPoints(
  values: ReadonlyMap<bigint, Int>,
  interval: bigint,
  range: readonly [bigint, bigint] | null,
  context: DecodeContext,
): SeriesPoint[] {
  if (range === null) return [];
  const points: SeriesPoint[] = [];
  for (let epoch = range[0]; epoch <= range[1]; epoch++) {
    const value = values.get(epoch) ?? null;
    if (value === null && points.length === 0) continue;
    points.push({ time: context.names.realTime(epoch * interval, 'tai'), value });
  }
  return points;
}

/** Aggregates and integers ascend by value, histograms by total, everything else by key. Ties go by key. */
function sortEntries(map: MapShape, entries: readonly MapEntry[]): MapEntry[] {
  if (map.key === null) return [...entries];
  const byKey = keyOrder(map.key);
  const sorted = entries.map((entry) => ({ entry, view: viewOf(entry.key), weight: weight(map.value, entry.cell) }));
  sorted.sort((a, b) => {
    const order = a.weight === null || b.weight === null ? 0 : compare(a.weight, b.weight);
    return order !== 0 ? order : byKey(a.view, b.view);
  });
  return sorted.map(({ entry }) => entry);
}

function weight(type: Type, cell: Cell): Int | null {
  switch (cell.kind) {
    case 'number':
      return cell.value;
    case 'extreme':
      return cell.value ?? 0;
    case 'average':
      return divide(cell.total, cell.count);
    case 'histogram':
      return cell.counts.reduce((sum, count) => sum + count, 0);
    case 'series': {
      let last = 0n;
      for (const epoch of cell.values.keys()) if (epoch > last) last = epoch;
      return last;
    }
    case 'plain':
      return type.kind === 'int' ? readInteger(viewOf(cell.bytes), 0, type.size, type.signed) : null;
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

type Order = (a: DataView, b: DataView) => number;

/** Integers compare as signed, strings by bytes, tuples by their elements in turn; other keys keep the kernel's order. */
function keyOrder(type: Type, offset = 0): Order {
  if (type.kind === 'int') {
    return (a, b) => compare(readInteger(a, offset, type.size, true), readInteger(b, offset, type.size, true));
  }
  if (type.kind === 'string') {
    return (a, b) => {
      for (let index = offset; index < offset + type.size; index++) {
        const order = a.getUint8(index) - b.getUint8(index);
        if (order !== 0) return order;
      }
      return 0;
    };
  }
  const elements = elementTypes(type);
  if (elements === null) return () => 0;
  const offsets = elementOffsets(type);
  const orders = elements.map((element, index) => keyOrder(element, offset + (offsets[index] ?? 0)));
  return (a, b) => {
    for (const order of orders) {
      const result = order(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };
}
