/**
 * Where each of the query's maps lives, and the kernel maps that this takes.
 *
 * Maps without keys share one mmapable array map: plain values first, then one block per CPU with the aggregates and
 * the counters of what was lost. Programs address it directly, without a look-up helper; readers map it. Values that no
 * single store writes (text, tuples) are in a hash map of one element instead, which the kernel replaces as a whole, so
 * that nobody sees half of one value and half of another.
 */
import { BPF_F_MMAPABLE, BPF_F_NO_PREALLOC, MapType } from '@bpfscope/native/uapi';
import { alignUp, sizeOf } from '../language/layout.ts';
import type { HirMap, HirProgram } from '../language/hir.ts';
import type { Target } from '../language/target.ts';
import { isScalar } from './lower/scalar.ts';
import { clearedMaps, observedMaps } from './map-uses.ts';
import type { MapSpec, Storage, UserMap } from './program.ts';

export interface PerCpuBlock {
  /** Byte of the first CPU's block in the data map. */
  readonly start: number;
  /** Power of two. */
  readonly stride: number;
  /** One less than a power of two, at least the highest CPU number. */
  readonly mask: number;
}

export interface StoragePlan {
  readonly userMaps: readonly UserMap[];
  readonly specs: readonly MapSpec[];
  /** Index of the data map in specs; null when nothing lives there. */
  readonly data: number;
  readonly perCpu: PerCpuBlock;
  /** Byte in a CPU's block: events that found the ring full. */
  readonly lost: number;
  /** Byte in a CPU's block by user map: updates refused because the map was full. */
  readonly full: readonly number[];
}

const CACHE_LINE = 64;
/** Preallocated elements beyond this many bytes are allocated when they are used instead. */
const PREALLOCATE_LIMIT = 4 << 20;
/** Clearing is exact while so small a part of the keys that a map may have is in it. */
const CLEARED_SHARE = 4;
/** From here on programs may allocate elements anywhere (the kernel's own allocator for BPF). */
const SAFE_ALLOCATION = 0x060100;

const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

export function planStorage(hir: HirProgram, target: Target): StoragePlan {
  const observed = observedMaps(hir);
  const cleared = clearedMaps(hir);
  let plain = 0;
  let block = 8;
  const full: number[] = [];
  const places = hir.maps.map((map) => {
    full.push(block);
    block += 8;
    const size = sizeOf(map.value);
    if (isElement(map)) return { map, size, at: 0 };
    if (map.value.kind === 'aggregate') {
      const at = alignUp(block, 8);
      block = at + alignUp(size, 8);
      return { map, size, at };
    }
    const at = plain;
    plain += alignUp(size, 8);
    return { map, size, at };
  });
  const start = alignUp(plain, CACHE_LINE);
  const stride = powerOfTwo(Math.max(CACHE_LINE, block));
  const cpus = powerOfTwo(target.possibleCpus);
  const specs: MapSpec[] = [arraySpec('data', start + cpus * stride, BPF_F_MMAPABLE)];
  const userMaps = places.map(({ map, size, at }): UserMap => {
    let storage: Storage;
    if (!isElement(map)) {
      const shared = map.value.kind !== 'aggregate';
      storage = shared
        ? { kind: 'memory', map: 0, offset: at, stride: 0, copies: 1, size }
        : { kind: 'memory', map: 0, offset: start + at, stride, copies: target.possibleCpus, size };
    } else {
      storage = { kind: 'hash', map: specs.length, perCpu: isPerCpu(map), size };
      const stays = map.value.kind === 'aggregate' && cleared.has(map.index) && !observed.has(map.index) && !isLru(map);
      specs.push(hashSpec(map, target, stays ? Math.ceil(map.maxEntries / CLEARED_SHARE) : 0));
    }
    const { name, key, value, maxEntries } = map;
    return { name, key, value, storage, maxEntries, ...(observed.has(map.index) ? { observed: true } : {}) };
  });
  return { userMaps, specs, data: 0, perCpu: { start, stride, mask: cpus - 1 }, lost: 0, full };
}

export function arraySpec(name: string, valueSize: number, flags: number): MapSpec {
  return {
    name,
    type: MapType.BPF_MAP_TYPE_ARRAY,
    keySize: 4,
    valueSize,
    maxEntries: 1,
    flags,
    contents: null,
    frozen: false,
  };
}

/** In a hash map of its own: maps with keys, and values without a key that take several stores. */
const isElement = ({ key, value }: HirMap): boolean => key !== null || (value.kind !== 'aggregate' && !isScalar(value));

const isPerCpu = (map: HirMap): boolean => map.value.kind === 'aggregate' || (map.declared ?? '').startsWith('percpu');

const isLru = (map: HirMap): boolean => (map.declared ?? '').includes('lru');

/** `stay`: so many keys more, which stay in the map when it is cleared. */
function hashSpec(map: HirMap, target: Target, stay: number): MapSpec {
  const lru = isLru(map);
  const perCpu = isPerCpu(map);
  const keySize = map.key === null ? 4 : sizeOf(map.key);
  const valueSize = perCpu ? alignUp(sizeOf(map.value), 8) : sizeOf(map.value);
  const maxEntries = map.key === null ? 1 : map.maxEntries + stay;
  const bytes = maxEntries * (keySize + valueSize * (perCpu ? target.possibleCpus : 1));
  const sparse = !lru && bytes > PREALLOCATE_LIMIT && target.kernel >= SAFE_ALLOCATION;
  const types = perCpu
    ? [MapType.BPF_MAP_TYPE_PERCPU_HASH, MapType.BPF_MAP_TYPE_LRU_PERCPU_HASH]
    : [MapType.BPF_MAP_TYPE_HASH, MapType.BPF_MAP_TYPE_LRU_HASH];
  return {
    name: kernelName(map.name),
    type: types[lru ? 1 : 0] ?? MapType.BPF_MAP_TYPE_HASH,
    keySize,
    valueSize,
    maxEntries,
    flags: sparse ? BPF_F_NO_PREALLOC : 0,
    contents: null,
    frozen: false,
  };
}

/** What the kernel takes as a name: at most 15 characters of [A-Za-z0-9_.]. */
export function kernelName(text: string): string {
  const name = (text.startsWith('@') ? `at_${text.slice(1)}` : text).slice(0, 15);
  return /[^A-Za-z0-9_.]/.test(name) ? name.replace(/[^A-Za-z0-9_.]/g, '_') : name;
}
