/** Reads a query's map out of the kernel's maps: views of shared memory for scalar maps, bulk reads for keyed ones. */
import { alignUp } from '../language/layout.ts';
import { readCell } from '../decode/cell.ts';
import type { MapEntry } from '../decode/map-view.ts';
import type { UserMap } from '../compiler/program.ts';
import type { BpfMap, MapEntries } from '@bpfscope/native/map';

export interface MapReader {
  readonly map: UserMap;
  /** All elements now. Scalar maps always have one. */
  read(): MapEntry[];
  /** Reads and empties, so that no update is lost or seen twice (scalar maps: all but exactly, they have no lock). */
  take(): MapEntry[];
  /** Sets every value to zero and keeps the keys. */
  zero(): void;
}

const NO_KEY = new Uint8Array(0);

export function mapReader(map: UserMap, maps: readonly BpfMap[]): MapReader {
  const kernel = maps[map.storage.map];
  if (kernel === undefined)
    throw new Error(`map ${map.name} lies in kernel map ${map.storage.map}, which does not exist`);
  return map.storage.kind === 'memory' ? memoryReader(map, map.storage, kernel) : hashReader(map, map.storage, kernel);
}

function memoryReader(
  map: UserMap,
  storage: Extract<UserMap['storage'], { kind: 'memory' }>,
  kernel: BpfMap,
): MapReader {
  const view = new DataView(kernel.memory());
  const read = (): MapEntry[] => [{ key: NO_KEY, cell: readCell(map.value, view, storage) }];
  const zero = (): void => {
    for (let copy = 0; copy < storage.copies; copy++) {
      new Uint8Array(view.buffer, storage.offset + copy * storage.stride, storage.size).fill(0);
    }
  };
  /** Only the mark that there is a value: a program that is just storing one then stores it for the next reading. */
  const unset = (): void => {
    for (let copy = 0; copy < storage.copies; copy++) {
      new Uint8Array(view.buffer, storage.offset + copy * storage.stride + 8, 8).fill(0);
    }
  };
  return {
    map,
    read,
    take: () => {
      const entries = read();
      if (isExtreme(map)) unset();
      else zero();
      return entries;
    },
    zero,
  };
}

/** A map without keys has one element under a key that means nothing, and is all zeros until it is set. */
function hashReader(map: UserMap, storage: Extract<UserMap['storage'], { kind: 'hash' }>, kernel: BpfMap): MapReader {
  const reader = elementReader(map, storage, kernel);
  if (map.key !== null) return reader;
  const unset = { offset: 0, stride: 0, copies: 1, size: storage.size };
  const one = (entries: readonly MapEntry[]): MapEntry[] => {
    const cell = entries[0]?.cell ?? readCell(map.value, new DataView(new ArrayBuffer(storage.size)), unset);
    return [{ key: NO_KEY, cell }];
  };
  return { ...reader, read: () => one(reader.read()), take: () => one(reader.take()) };
}

function elementReader(
  map: UserMap,
  storage: Extract<UserMap['storage'], { kind: 'hash' }>,
  kernel: BpfMap,
): MapReader {
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
    map,
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

function isExtreme({ value }: UserMap): boolean {
  return value.kind === 'aggregate' && (value.of.kind === 'min' || value.of.kind === 'max');
}
