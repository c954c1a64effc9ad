import type { MapSpec } from '../../map/spec.ts';
import { BPF_F_MMAPABLE } from '../../uapi/flags.ts';
import { MapType } from '../../uapi/map-type.ts';
import { MAPPING, MAPPING_STEPS, PROCESS, ROW, ROW_STEPS, RULE, stackBytes } from './layout.ts';
import type { UnwindMap } from './layout.ts';

export interface UnwindMapsOptions {
  /** Frames of a stack at most; default 127. */
  readonly frames?: number;
  /** Rows of all binaries together, 8 bytes each in the kernel; default a million. */
  readonly rows?: number;
  /** Processes at a time; default 512. */
  readonly processes?: number;
}

/** Mappings of a process at most. */
export const MAPPINGS_EACH = 2 ** MAPPING_STEPS - 1;
const MOST_ROWS = 2 ** ROW_STEPS - 1;
/** Rules of all binaries together. */
export const RULES = 8192;

/** What to make the maps of. */
export const unwindMapSpecs = ({ frames = 127, rows = 1 << 20, processes = 512 }: UnwindMapsOptions = {}): Readonly<
  Record<UnwindMap, MapSpec & { contents: null; frozen: false }>
> => {
  const spec = (name: string, type: number, valueSize: number, maxEntries: number) => {
    const flags = type === MapType.BPF_MAP_TYPE_ARRAY ? BPF_F_MMAPABLE : 0;
    return { name, type, keySize: 4, valueSize, maxEntries, flags, contents: null, frozen: false } as const;
  };
  return {
    processes: spec('unw_processes', MapType.BPF_MAP_TYPE_HASH, PROCESS.bytes, processes),
    mappings: spec('unw_mappings', MapType.BPF_MAP_TYPE_ARRAY, MAPPING.bytes, processes * MAPPINGS_EACH),
    rows: spec('unw_rows', MapType.BPF_MAP_TYPE_ARRAY, ROW.bytes, Math.min(rows, MOST_ROWS)),
    rules: spec('unw_rules', MapType.BPF_MAP_TYPE_ARRAY, RULE.bytes, RULES),
    stack: spec('unw_stack', MapType.BPF_MAP_TYPE_PERCPU_ARRAY, stackBytes(frames), 1),
  };
};
