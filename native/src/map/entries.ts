/** Reading whole maps: by batches where the kernel has them (Linux 5.6), key by key where it does not. */
import { tryBpf } from '../sys/bpf.ts';
import { SyscallError } from '../sys/error.ts';
import type { BpfMap } from './map.ts';
import { BATCH } from './layouts.ts';

/** Elements one after the other: the i-th key starts at i * keySize, the i-th value at i * valueSize. */
export interface MapEntries {
  readonly count: number;
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  readonly keySize: number;
  /** Bytes as read: all CPUs' values for per-CPU maps. */
  readonly valueSize: number;
}

const ENOENT = -2;
const ENOSPC = -28;
/** EINVAL, ENOTSUPP, EOPNOTSUPP: this map type or kernel has no batches. */
const NO_BATCHES: ReadonlySet<number> = new Set([-22, -524, -95]);
const FIRST_BATCH = 64;
/** How many elements a map had when it was last read: the next read makes room for a few more at once. */
const lastCounts = new WeakMap<BpfMap, number>();
const LARGEST_BATCH_BYTES = 8 << 20;

/** Grows by doubling; holds what was read so far. */
class Collected {
  count = 0;
  keys: Uint8Array;
  values: Uint8Array;
  readonly keySize: number;
  readonly valueSize: number;

  constructor(keySize: number, valueSize: number, room: number) {
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.keys = new Uint8Array(keySize * room);
    this.values = new Uint8Array(valueSize * room);
  }

  get room(): number {
    return this.keys.byteLength / this.keySize - this.count;
  }

  reserve(more: number): void {
    if (this.room >= more) return;
    const room = Math.max(this.count + more, this.count * 2);
    const grow = (old: Uint8Array, size: number): Uint8Array => {
      const bytes = new Uint8Array(size * room);
      bytes.set(old.subarray(0, this.count * size));
      return bytes;
    };
    this.keys = grow(this.keys, this.keySize);
    this.values = grow(this.values, this.valueSize);
  }

  finish(): MapEntries {
    const { count, keySize, valueSize } = this;
    return {
      count,
      keys: this.keys.subarray(0, count * keySize),
      values: this.values.subarray(0, count * valueSize),
      keySize,
      valueSize,
    };
  }
}

type BatchCommand = 'BPF_MAP_LOOKUP_BATCH' | 'BPF_MAP_LOOKUP_AND_DELETE_BATCH';

/** null: this map has no batches. */
export const readBatches = (map: BpfMap, command: BatchCommand): MapEntries | null => {
  const { keySize, maxEntries } = map.spec;
  const bytesEach = keySize + map.readSize;
  const most = Math.max(1, Math.min(maxEntries, Math.floor(LARGEST_BATCH_BYTES / bytesEach)));
  let step = Math.min(most, Math.max(FIRST_BATCH, Math.ceil((lastCounts.get(map) ?? 0) * 1.25)));
  const collected = new Collected(keySize, map.readSize, step);
  // The position is opaque: an index for hashes, a key for arrays.
  const position = new Uint8Array(Math.max(8, keySize));
  for (let started = false; ;) {
    collected.reserve(step);
    const attr = BATCH.encode({
      in_batch: started ? position : null,
      out_batch: position,
      keys: collected.keys.subarray(collected.count * keySize),
      values: collected.values.subarray(collected.count * map.readSize),
      count: step,
      map_fd: map.fd.number,
    });
    const result = tryBpf(command, attr);
    const read = BATCH.number(attr, 'count');
    if (result === ENOSPC && step <= 2 * maxEntries) {
      // One hash bucket holds more elements than there was room for; nothing was taken from it.
      if (read > 0 && read <= step) {
        collected.count += read;
        started = true;
      }
      step *= 2;
      continue;
    }
    if (result < 0 && result !== ENOENT) {
      if (!started && NO_BATCHES.has(result)) return null;
      throw new SyscallError(`bpf(${command})`, `read ${map.fd.what}`, -result);
    }
    collected.count += read;
    if (result === ENOENT) {
      lastCounts.set(map, collected.count);
      return collected.finish();
    }
    started = true;
    step = Math.min(most, step * 2);
  }
};

/**
 * Key by key. When a key is deleted during the walk the kernel starts again at the first one, so keys are remembered
 * and each is taken once.
 */
const readOneByOne = (map: BpfMap): MapEntries => {
  const collected = new Collected(map.spec.keySize, map.readSize, Math.min(map.spec.maxEntries, FIRST_BATCH));
  const seen = new Set<string>();
  let key: Uint8Array | null = null;
  let repeats = 0;
  for (;;) {
    key = map.nextKey(key);
    if (key === null || repeats > map.spec.maxEntries) return collected.finish();
    const name = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
    if (seen.has(name)) {
      repeats++;
      continue;
    }
    seen.add(name);
    const value = map.lookup(key);
    if (value === null) continue;
    collected.reserve(1);
    collected.keys.set(key, collected.count * map.spec.keySize);
    collected.values.set(value, collected.count * map.readSize);
    collected.count++;
  }
};

export const readEntries = (map: BpfMap): MapEntries => readBatches(map, 'BPF_MAP_LOOKUP_BATCH') ?? readOneByOne(map);

/**
 * With batches each bucket is read and emptied under its lock. Programs do not take that lock once they hold a value: an
 * addition that another CPU is just doing to a removed element is lost (measured: some one in 500,000 when a busy map is
 * cleared 20 times a second). Where that matters, let values grow and subtract what was read before instead. Without
 * batches the window is as long as the walk.
 */
export const drainEntries = (map: BpfMap): MapEntries => {
  const drained = readBatches(map, 'BPF_MAP_LOOKUP_AND_DELETE_BATCH');
  if (drained !== null) return drained;
  const entries = readOneByOne(map);
  for (let i = 0; i < entries.count; i++) {
    map.delete(entries.keys.subarray(i * entries.keySize, (i + 1) * entries.keySize));
  }
  return entries;
};
