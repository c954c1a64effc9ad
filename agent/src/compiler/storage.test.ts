import { describe, expect, it } from 'vitest';
import { MapType } from '@bpfscope/native/uapi';
import { DEFAULT_CONFIG } from '../language/config.ts';
import { emptyTarget } from '../language/empty-target.ts';
import type { HirMap, HirProgram } from '../language/hir.ts';
import type { Aggregate, Type } from '../language/types.ts';
import { INT64 } from '../language/types.ts';
import { kernelName, planStorage } from './storage.ts';

const span = { start: 0, end: 0 };
const aggregate = (of: Aggregate): Type => ({ kind: 'aggregate', of });

function plan(maps: readonly Partial<HirMap>[], cpus = 3, kernel = 0x060600) {
  const hir: HirProgram = {
    config: DEFAULT_CONFIG,
    maps: maps.map((m, index) => ({
      index,
      name: `@m${index}`,
      key: null,
      value: INT64,
      maxEntries: 4096,
      declared: null,
      span,
      ...m,
    })),
    probes: [],
    functions: [],
    actions: [],
    structs: { fields: () => null },
  };
  return planStorage(hir, { ...emptyTarget, possibleCpus: cpus, kernel });
}

describe('where maps live', () => {
  it('puts values without keys side by side, once for all CPUs', () => {
    const { userMaps } = plan([{}, {}]);
    expect(userMaps.map((m) => m.storage)).toMatchObject([
      { kind: 'memory', map: 0, offset: 0, copies: 1 },
      { kind: 'memory', map: 0, offset: 8, copies: 1 },
    ]);
  });

  it('keeps values that take several stores where the kernel replaces them as a whole', () => {
    const { userMaps, specs } = plan([{ value: { kind: 'tuple', elements: [INT64, INT64] } }, {}]);
    expect(userMaps.map((m) => m.storage.kind)).toEqual(['hash', 'memory']);
    expect(specs[1]).toMatchObject({ type: MapType.BPF_MAP_TYPE_HASH, keySize: 4, valueSize: 16, maxEntries: 1 });
  });

  it('gives every CPU its own block of aggregates, inside the map whatever the masked CPU number', () => {
    const { userMaps, perCpu, specs } = plan([
      { value: aggregate({ kind: 'hist', bits: 0 }) },
      { value: aggregate({ kind: 'count' }) },
    ]);
    expect(Math.log2(perCpu.stride) % 1).toBe(0);
    expect(perCpu.mask).toBe(3);
    for (const { storage } of userMaps) {
      if (storage.kind !== 'memory') throw new Error('not in memory');
      expect(storage.copies).toBe(3);
      const last = storage.offset + perCpu.mask * storage.stride + storage.size;
      expect(last).toBeLessThanOrEqual(specs[0]?.valueSize ?? 0);
    }
  });

  it('gives no two values the same bytes', () => {
    const { userMaps, perCpu, full, lost } = plan([
      { value: aggregate({ kind: 'avg', signed: true }) },
      { key: INT64 },
      { value: aggregate({ kind: 'lhist', min: 0n, max: 10n, step: 1n }) },
    ]);
    const taken = new Set<number>();
    const take = (from: number, size: number): void => {
      for (let n = from; n < from + size; n++) {
        expect(taken.has(n)).toBe(false);
        taken.add(n);
      }
    };
    take(lost, 8);
    full.forEach((at) => take(at, 8));
    for (const { storage } of userMaps)
      if (storage.kind === 'memory') take(storage.offset - perCpu.start, storage.size);
  });

  it('keeps keyed aggregates per CPU, and allocates large ones when they are used', () => {
    const { specs } = plan(
      [
        { key: INT64, value: aggregate({ kind: 'count' }) },
        { key: INT64, value: aggregate({ kind: 'hist', bits: 0 }) },
        { key: INT64, declared: 'lruhash' },
      ],
      64,
    );
    expect(specs.slice(1).map((s) => [s.type, s.flags])).toEqual([
      [MapType.BPF_MAP_TYPE_PERCPU_HASH, 0],
      [MapType.BPF_MAP_TYPE_PERCPU_HASH, 1],
      [MapType.BPF_MAP_TYPE_LRU_HASH, 0],
    ]);
  });

  it('names kernel maps as the kernel wants', () => {
    expect(kernelName('@start-of things!')).toBe('at_start_of_thi');
  });
});
