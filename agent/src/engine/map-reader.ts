/** Reads a query's map out of the kernel's maps: views of shared memory for scalar maps, bulk reads for keyed ones. */
import { alignUp } from '../language/layout.ts';
import type { Aggregate, Type } from '../language/types.ts';
import { readCell, type Cell } from '../decode/cell.ts';
import type { MapEntry } from '../decode/map-view.ts';
import { isCumulative, sumOf } from './cell-sum.ts';
import { ClearedMap } from './cleared-map.ts';
import type { UserMap } from '../compiler/program.ts';
import type { BpfMap, MapEntries } from '@bpfscope/native/map';

export interface MapReader {
  readonly map: UserMap;
  /** All elements now. Scalar maps always have one. */
  read(): MapEntry[];
  /** The same for a `print`, which a `clear` may follow. */
  print(): MapEntry[];
  /**
   * Empties it and returns what was in it. `ofPrinted`: what was last printed and no more; what was added since stays.
   * See docs/output.md for what is exact.
   */
  clear(ofPrinted: boolean): MapEntry[];
  /** Sets every value to zero and keeps the keys; returns what was there. */
  zero(ofPrinted: boolean): MapEntry[];
}

/** The elements in the kernel's map. */
export interface RawMap {
  read(): MapEntry[];
  /** Reads and removes: no addition is seen twice, and one may be lost that is just being made to a removed element. */
  take(): MapEntry[];
  zero(): void;
}

const NO_KEY = new Uint8Array(0);
const wordsOf = (size: number): number => alignUp(size, 8) >>> 3;

export function mapReader(map: UserMap, maps: readonly BpfMap[]): MapReader {
  const kernel = maps[map.storage.map];
  if (kernel === undefined)
    throw new Error(`map ${map.name} lies in kernel map ${map.storage.map}, which does not exist`);
  const raw = map.storage.kind === 'memory' ? memory(map, map.storage, kernel) : hash(map, map.storage, kernel);
  if (map.value.kind === 'aggregate' && map.value.of.kind !== 'tseries') {
    const { of } = map.value;
    return new ClearedMap(map, raw, { of, keyed: map.key !== null, room: roomOf(map, of, kernel) });
  }
  return {
    map,
    read: raw.read,
    print: raw.read,
    clear: raw.take,
    zero: () => {
      const entries = raw.read();
      raw.zero();
      return entries;
    },
  };
}

/** How many elements may stay in the kernel when the map is cleared: those that it has room for beyond what was asked for. */
function roomOf(map: UserMap, of: Aggregate, kernel: BpfMap): number {
  if (map.observed === true || !isCumulative(of)) return 0;
  return map.key === null ? 1 : kernel.spec.maxEntries - map.maxEntries;
}

function memory(map: UserMap, storage: Extract<UserMap['storage'], { kind: 'memory' }>, kernel: BpfMap): RawMap {
  const view = new DataView(kernel.memory());
  const read = (): MapEntry[] => [{ key: NO_KEY, cell: readCell(map.value, view, storage) }];
  // A slot begins at and is filled up to whole words.
  const words = (copy: number): BigUint64Array =>
    new BigUint64Array(view.buffer, storage.offset + copy * storage.stride, wordsOf(storage.size));
  const zero = (): void => {
    for (let copy = 0; copy < storage.copies; copy++) words(copy).fill(0n);
  };
  return { read, zero, take: () => [{ key: NO_KEY, cell: takeCell(map.value, storage, words) }] };
}

/** Word by word out of what programs are adding to, so that each addition is before or after it. */
function takeCell(type: Type, { copies, size }: { copies: number; size: number }, words: Words): Cell {
  const count = wordsOf(size);
  const at = { offset: 0, stride: 8 * count, copies, size };
  const cellOf = (taken: BigUint64Array): Cell => readCell(type, new DataView(taken.buffer), at);
  const taken = new BigUint64Array(copies * count);
  if (type.kind !== 'aggregate' || (type.of.kind !== 'min' && type.of.kind !== 'max')) {
    for (let copy = 0; copy < copies; copy++) {
      const from = words(copy);
      for (let word = 0; word < count; word++) taken[copy * count + word] = Atomics.exchange(from, word, 0n);
    }
    return cellOf(taken);
  }
  const after = new BigUint64Array(copies * count);
  for (let copy = 0; copy < copies; copy++) takeExtreme(words(copy), copy * count, taken, after);
  return sumOf(type.of, cellOf(taken), cellOf(after));
}

/**
 * {value, mark that there is one}: only the mark goes, and only one that was seen, for a value that comes without one is
 * the next reading's. A program that is just storing one stores it for the next reading too. The value is read on both
 * sides of the mark's end: one that comes before it is still of this reading, and one that comes after it, which may be
 * smaller, replaces it.
 */
function takeExtreme(from: BigUint64Array, copy: number, before: BigUint64Array, after: BigUint64Array): void {
  if (Atomics.load(from, 1) === 0n) return;
  before[copy] = Atomics.load(from, 0);
  Atomics.store(from, 1, 0n);
  after[copy] = Atomics.load(from, 0);
  before[copy + 1] = after[copy + 1] = 1n;
}

type Words = (copy: number) => BigUint64Array;

/** A map without keys has one element under a key that means nothing, and is all zeros until it is set. */
function hash(map: UserMap, storage: Extract<UserMap['storage'], { kind: 'hash' }>, kernel: BpfMap): RawMap {
  const reader = elements(map, storage, kernel);
  if (map.key !== null) return reader;
  const unset = { offset: 0, stride: 0, copies: 1, size: storage.size };
  const one = (entries: readonly MapEntry[]): MapEntry[] => {
    const cell = entries[0]?.cell ?? readCell(map.value, new DataView(new ArrayBuffer(storage.size)), unset);
    return [{ key: NO_KEY, cell }];
  };
  return { ...reader, read: () => one(reader.read()), take: () => one(reader.take()) };
}

function elements(map: UserMap, storage: Extract<UserMap['storage'], { kind: 'hash' }>, kernel: BpfMap): RawMap {
  const stride = alignUp(storage.size, 8);
  const copies = storage.perCpu ? kernel.cpus : 1;
  const decode = ({ count, keys, values, keySize, valueSize }: MapEntries): MapEntry[] => {
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    return Array.from({ length: count }, (_, index) => ({
      key: keys.subarray(index * keySize, (index + 1) * keySize),
      cell: readCell(map.value, view, { offset: index * valueSize, stride, copies, size: storage.size }),
    }));
  };
  return {
    read: () => decode(kernel.entries()),
    take: () => decode(kernel.drain()),
    zero: () => {
      const nothing = new Uint8Array(kernel.readSize);
      const { count, keys, keySize } = kernel.entries();
      for (let index = 0; index < count; index++)
        kernel.update(keys.subarray(index * keySize, (index + 1) * keySize), nothing);
    },
  };
}
