/**
 * The compiled query: plain data, the same bytes for the same facts. The engine creates the maps, patches their file
 * descriptors into the instructions, loads and attaches.
 */
import type { Action } from '../language/action.ts';
import type { ResolvedProbe } from '../language/attach.ts';
import type { Config } from '../language/config.ts';
import type { Diagnostic, Span } from '../language/diagnostic.ts';
import type { Sources } from '../language/sources.ts';
import type { StructTable, Type } from '../language/types.ts';
import type { UnwindMap } from '@bpfscope/native/unwind/walk';

export interface CompiledQuery {
  /** The query's text; behind it those of included and imported files, see `sources`. All spans are offsets into it. */
  readonly source: string;
  /** Absent: the query is the only text. */
  readonly sources?: Sources;
  readonly config: Config;
  readonly maps: readonly MapSpec[];
  readonly programs: readonly ProgramSpec[];
  readonly actions: readonly ActionLayout[];
  readonly userMaps: readonly UserMap[];
  readonly structs: StructTable;
  /**
   * Index into maps of the event ring, null when nothing is emitted: a ring buffer, or an array of perf's rings, one for
   * each possible CPU, where the kernel has none.
   */
  readonly ring: number | null;
  /** Bytes of the ring, of all CPUs together: a power of two of pages. */
  readonly ringBytes?: number;
  /** Where events are counted that the ring had no room for: u64 per possible CPU, `stride` bytes apart, in a mmapable array map. */
  readonly lost: { readonly map: number; readonly offset: number; readonly stride: number } | null;
  /** Updates refused because a map was full: u64 per possible CPU, `stride` bytes apart, by index into userMaps. */
  readonly mapFull?: readonly {
    readonly userMap: number;
    readonly map: number;
    readonly offset: number;
    readonly stride: number;
  }[];
  /** Where the loader writes CLOCK_BOOTTIME (u64, ns) before it attaches; null when no program reads it (`elapsed`). */
  readonly startTime?: { readonly map: number; readonly offset: number } | null;
  /** Ticks of intervals that were missed: u64s, from an offset on so many bytes apart; null: none are counted. */
  readonly missedTicks?: {
    readonly map: number;
    readonly offset: number;
    readonly stride: number;
    readonly count: number;
  } | null;
  /**
   * Stack trace maps by depth: values are u64 instruction pointers. `unwound`: of stacks that our own programs walk, whose
   * ids have UNWOUND_STACK set, and whose values begin with a hash.
   */
  readonly stackMaps: readonly {
    readonly map: number;
    readonly depth: number;
    readonly user: boolean;
    readonly unwound?: true;
  }[];
  /** Maps with the tables that user stacks are walked by, to be filled with those of processes; absent: none are. */
  readonly unwind?: Readonly<Record<UnwindMap, number>> | null;
  /** Functions of attach points: 1 + the index is what `usym` values have as their probe when they name one. */
  readonly siteNames?: readonly string[];
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/** In the lower half of a stack's id: the stack is in a map of `unwound` stacks. */
export const UNWOUND_STACK = 0x4000_0000;
/** Frames that a stack has room for. */
export const DEEPEST_STACK = 127;

/** A kernel map to create. Types, flags and names with the kernel's numbers and limits. */
export interface MapSpec {
  /** At most 15 characters of [A-Za-z0-9_.]. */
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** First bytes of element 0 (array maps): string literals, zero block, initial values. */
  readonly contents: Uint8Array | null;
  /** Freeze after filling, so that the verifier knows the contents. */
  readonly frozen: boolean;
}

/** How to find the values of a query's map in the kernel's maps. */
export interface UserMap {
  /** With the `@`. */
  readonly name: string;
  readonly key: Type | null;
  readonly value: Type;
  readonly storage: Storage;
  /** As asked for. The kernel's map may have room for more: for keys that were cleared and stay in it. */
  readonly maxEntries: number;
  /** Programs of the query look at it or delete from it: what is cleared has to be gone for them too. */
  readonly observed?: boolean;
}

/**
 * Aggregates are laid out as: count/sum u64; min/max {u64 value, u64 set}; avg {u64 total, u64 count};
 * stats {u64 total, u64 count, u64 min?...} as avg; hist/lhist u64 per bucket; one copy per CPU, folded by the reader.
 */
export type Storage =
  /** In element 0 of a mmapable array map, `copies` (1, or one per possible CPU) each `stride` bytes apart. */
  | {
      readonly kind: 'memory';
      readonly map: number;
      readonly offset: number;
      readonly stride: number;
      readonly copies: number;
      readonly size: number;
    }
  /** A hash map (with a key of 4 zero bytes when the query's map has none); perCpu: values are `size` rounded up to 8, one per possible CPU. */
  | { readonly kind: 'hash'; readonly map: number; readonly perCpu: boolean; readonly size: number };

/** A place in the instructions that needs a map: the two-slot load of `instruction`. */
export interface MapReference {
  readonly instruction: number;
  readonly map: number;
  /** 'fd': the map itself (BPF_PSEUDO_MAP_FD); 'value': address of element 0 plus what stands in the second slot's immediate (BPF_PSEUDO_MAP_VALUE). */
  readonly use: 'fd' | 'value';
}

export interface ProgramSpec {
  /** At most 15 characters, from the probe's name. */
  readonly name: string;
  /** BPF_PROG_TYPE_* */
  readonly type: number;
  /** BPF_* attach type for load; 0 when there is none. */
  readonly expectedAttachType: number;
  readonly attachBtfId: number | null;
  /** Flags for load (BPF_F_SLEEPABLE). */
  readonly flags: number;
  /** 8 bytes an instruction, little endian. */
  readonly instructions: Uint8Array;
  readonly references: readonly MapReference[];
  /** The attach points that run this program; several share it (multi-attach where the kernel can). `cookies` give each its BPF cookie when the program asks for it. */
  readonly probes: readonly ResolvedProbe[];
  readonly cookies: readonly bigint[] | null;
  /** How many timers run a program of an interval, which leaves all but the first in a period alone; absent: one. */
  readonly timers?: number;
  /** The place that the program is attached to, once for all of its attach points; absent: it is attached to each. */
  readonly through?: ResolvedProbe;
  /** Instruction index to query text, ascending, for verifier messages and `-d asm`. */
  readonly lines: readonly { readonly instruction: number; readonly span: Span }[];
  /** Types of its functions for BPF_BTF_LOAD and func_info (8 bytes a record); null when helpers call none back. */
  readonly btf?: { readonly types: Uint8Array; readonly functions: Uint8Array } | null;
}

/** An action and where its arguments are in the record (from the record's start; the 8-byte header comes first). */
export interface ActionLayout {
  readonly action: Action;
  readonly args: readonly { readonly type: Type; readonly offset: number }[];
  readonly size: number;
  /** Of clear and zero: the same run of the program has printed the whole map before. */
  readonly printed?: boolean;
}
