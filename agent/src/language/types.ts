/**
 * The types of the language. Scalars live in registers; everything else lives in memory with the size and alignment
 * that `layout.ts` gives. The same values describe map keys and values and event fields to the decoder.
 */

/** Where a pointer points: decides how it is read (direct load, bpf_probe_read_kernel, bpf_probe_read_user). */
export type AddressSpace = 'kernel' | 'user' | 'context' | 'bpf' | 'unknown';

export type IntSize = 1 | 2 | 4 | 8;

export interface IntType {
  readonly kind: 'int';
  readonly size: IntSize;
  readonly signed: boolean;
}

/** A struct or union known from BTF, DWARF, the tracepoint format or the script. Members are looked up by StructTable to allow recursion. */
export interface StructType {
  readonly kind: 'struct';
  readonly union: boolean;
  readonly name: string;
  /** Identifies the definition in the StructTable (names are not unique: script, vmlinux, modules, anonymous). */
  readonly id: string;
  readonly size: number;
  readonly align: number;
}

/** Where an argument of a function in user space is when the function is entered. */
export type ArgumentPlace =
  /** Number of the integer argument register, as in arg0. */
  | { readonly kind: 'register'; readonly index: number }
  /** Bytes above the stack pointer. */
  | { readonly kind: 'stack'; readonly offset: number }
  /** `reason`: the end of the sentence "args.x cannot be read: …". */
  | { readonly kind: 'nowhere'; readonly reason: string };

export interface Field {
  /** '' for anonymous members; their fields are found through them. */
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start of the struct. */
  readonly offset: number;
  /** Bit field: first bit counted from `offset`, and width; type gives signedness. */
  readonly bits?: { readonly offset: number; readonly width: number };
  /** Tracepoint dynamic data: the field holds (length << 16 | offset), offset from the record (`data_loc`) or from the field's end (`rel_loc`). */
  readonly dynamic?: 'data_loc' | 'rel_loc';
  /** An argument of a function in user space: it is where the calling convention puts it, not at `offset`. */
  readonly argument?: ArgumentPlace;
}

/** Finds members of a struct by its id; null when the type is only declared. */
export interface StructTable {
  fields(id: string): readonly Field[] | null;
}

export type StackMode = 'bpftrace' | 'perf' | 'raw' | 'build_id';

/** Map value kinds: legal only as the value of a map. */
export type Aggregate =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum' | 'min' | 'max' | 'avg' | 'stats'; readonly signed: boolean }
  /** Log2 buckets, each power of two split in 2^bits linear parts; bits 0 to 5. */
  | { readonly kind: 'hist'; readonly bits: number }
  | { readonly kind: 'lhist'; readonly min: bigint; readonly max: bigint; readonly step: bigint }
  | {
      readonly kind: 'tseries';
      readonly interval: bigint;
      readonly buckets: number;
      readonly fold: 'last' | 'avg' | 'max' | 'min' | 'sum';
      readonly signed: boolean;
    };

export type Type =
  | { readonly kind: 'none' }
  | { readonly kind: 'bool' }
  | IntType
  /** members: value (as signed or unsigned by `signed`) to name. isText: the result of a function that gives texts. */
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: IntSize;
      readonly signed: boolean;
      readonly members: ReadonlyMap<bigint, string>;
      readonly isText?: boolean;
      /** Stands before numbers that have no name: `Unknown error `. */
      readonly unknown?: string;
    }
  /** size in bytes including the closing NUL. */
  | { readonly kind: 'string'; readonly size: number }
  /** In memory: u32 length, then `size` bytes. */
  | { readonly kind: 'buffer'; readonly size: number }
  | { readonly kind: 'pointer'; readonly to: Type; readonly space: AddressSpace }
  | { readonly kind: 'array'; readonly of: Type; readonly count: number }
  | StructType
  | { readonly kind: 'tuple'; readonly elements: readonly Type[] }
  | { readonly kind: 'record'; readonly fields: readonly { readonly name: string; readonly type: Type }[] }
  /** In memory: u64 address family (AF_INET 2, AF_INET6 10), then 16 bytes of address in network order. */
  | { readonly kind: 'inet' }
  /** In memory: 6 bytes. */
  | { readonly kind: 'mac' }
  /** In memory: u64 address. */
  | { readonly kind: 'ksym' }
  /** In memory: u64 address, u32 pid (thread group, init namespace), u32 probe id. */
  | { readonly kind: 'usym' }
  /**
   * In memory: s32 stack id (negative errno when the stack was lost), u32 number of frames where the query asks for it (else
   * sign bits); frames are in the program's stack map of this depth.
   */
  | { readonly kind: 'kstack'; readonly mode: StackMode; readonly depth: number }
  /** In memory: as kstack, u32 pid, u32 probe id. */
  | { readonly kind: 'ustack'; readonly mode: StackMode; readonly depth: number }
  /** In memory: u64 nanoseconds; formatted when printed. `clock` tells what the nanoseconds count from. */
  | {
      readonly kind: 'timestamp';
      readonly format: string;
      readonly clock: 'boot' | 'monotonic' | 'tai' | 'sw_tai' | 'real';
    }
  /** In memory: u64 cgroup id and u64 index of a path filter string. */
  | { readonly kind: 'cgroup_path'; readonly filter: string }
  /** In memory: u64 uid. */
  | { readonly kind: 'username' }
  | { readonly kind: 'aggregate'; readonly of: Aggregate };

/** Frames of a stack unless the query asks for fewer. */
export const STACK_DEPTH = 127;

export const NONE: Type = { kind: 'none' };
export const BOOL: Type = { kind: 'bool' };
export const INT64: IntType = { kind: 'int', size: 8, signed: true };
export const UINT64: IntType = { kind: 'int', size: 8, signed: false };
export const INT32: IntType = { kind: 'int', size: 4, signed: true };
export const UINT32: IntType = { kind: 'int', size: 4, signed: false };
