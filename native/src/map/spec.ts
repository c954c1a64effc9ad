import { MapType } from '../uapi/map-type.ts';

/** A kernel map to create. */
export interface MapSpec {
  /** At most 15 characters of [A-Za-z0-9_.]. */
  readonly name: string;
  /** BPF_MAP_TYPE_* */
  readonly type: number;
  /** Bytes. */
  readonly keySize: number;
  /** Bytes; of one CPU's value in per-CPU maps. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_* */
  readonly flags: number;
  /** First bytes of element 0 of an array map. */
  readonly contents?: Uint8Array | null;
  /** Freeze after filling: user space can write no more and the verifier knows the contents. Linux 5.2. */
  readonly frozen?: boolean;
}

const PER_CPU: ReadonlySet<number> = new Set([
  MapType.BPF_MAP_TYPE_PERCPU_HASH,
  MapType.BPF_MAP_TYPE_PERCPU_ARRAY,
  MapType.BPF_MAP_TYPE_LRU_PERCPU_HASH,
]);

const ARRAYS: ReadonlySet<number> = new Set([MapType.BPF_MAP_TYPE_ARRAY, MapType.BPF_MAP_TYPE_PERCPU_ARRAY]);

export const isPerCpu = (type: number): boolean => PER_CPU.has(type);
export const isArray = (type: number): boolean => ARRAYS.has(type);

/** Bytes that a look-up returns: per-CPU values are padded to 8 bytes, one after the other by CPU number. */
export const readSize = (spec: Pick<MapSpec, 'type' | 'valueSize'>, cpus: number): number =>
  isPerCpu(spec.type) ? Math.ceil(spec.valueSize / 8) * 8 * cpus : spec.valueSize;
