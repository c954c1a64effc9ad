/**
 * The checked program: what the checker makes of the syntax tree and all that the back end needs. No sugar is left
 * (predicates are ifs, macros and #defines are expanded, compile-time functions are constants), every name is
 * resolved, every expression has its type, and implicit conversions are explicit casts.
 */
import type { Span } from './diagnostic.ts';
import type { ResolvedProbe } from './attach.ts';
import type { Field, StructTable, StructType, Type } from './types.ts';
import type { Config } from './config.ts';
import type { Action } from './action.ts';

export interface HirProgram {
  readonly config: Config;
  readonly maps: readonly HirMap[];
  readonly probes: readonly HirProbe[];
  readonly functions: readonly HirFunction[];
  /** What `emit` refers to by index. */
  readonly actions: readonly Action[];
  readonly structs: StructTable;
  /** Reads of memory that fail are reported when the query runs (`-k`). */
  readonly reportsReads?: boolean;
}

/** A map of the query. */
export interface HirMap {
  readonly index: number;
  /** With the `@`: `@`, `@start`. */
  readonly name: string;
  /** null: scalar map. A tuple type for several keys. */
  readonly key: Type | null;
  /** May be an aggregate. */
  readonly value: Type;
  readonly maxEntries: number;
  /** From `let @m = lruhash(10)`: hash, lruhash, percpuhash, percpulruhash, percpuarray. */
  readonly declared: string | null;
  readonly span: Span;
}

/** One body and all the places where it runs. Bodies that depend on their place (args, probe, func by name) have one. */
export interface HirProbe {
  readonly index: number;
  readonly probes: readonly ResolvedProbe[];
  readonly body: HirBlock;
  readonly span: Span;
}

export interface HirFunction {
  readonly name: string;
  readonly params: readonly Local[];
  readonly returns: Type;
  readonly body: HirBlock;
  readonly span: Span;
}

/** A `$variable`, a loop variable or a temporary; identity is the object. */
export interface Local {
  readonly id: number;
  readonly name: string;
  readonly type: Type;
}

export interface HirBlock {
  readonly statements: readonly HirStmt[];
}

export type Place =
  | { readonly kind: 'local'; readonly local: Local; readonly type: Type; readonly span: Span }
  | {
      readonly kind: 'map';
      readonly map: HirMap;
      readonly key: HirExpr | null;
      readonly type: Type;
      readonly span: Span;
    };

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
export type CompareOp = '==' | '!=' | '<' | '>' | '<=' | '>=';

export type HirStmt =
  | { readonly kind: 'expr'; readonly expr: HirExpr; readonly span: Span }
  /** The value already has the place's type. */
  | { readonly kind: 'set'; readonly place: Place; readonly value: HirExpr; readonly span: Span }
  /** `place op= value`, done in place with one look-up. Missing map keys count as 0. */
  | {
      readonly kind: 'set-op';
      readonly place: Place;
      readonly op: ArithmeticOp;
      readonly value: HirExpr;
      readonly span: Span;
    }
  /** `@m[k] = count()` and its kin, by map.value: args are [] for count, [value] for sum/min/max/avg/stats/hist/lhist/tseries. */
  | {
      readonly kind: 'aggregate';
      readonly map: HirMap;
      readonly key: HirExpr | null;
      readonly args: readonly HirExpr[];
      readonly span: Span;
    }
  /** Send an event to user space: the record is args laid out in order. */
  | { readonly kind: 'emit'; readonly action: number; readonly args: readonly HirExpr[]; readonly span: Span }
  | {
      readonly kind: 'if';
      readonly cond: HirExpr;
      readonly then: HirBlock;
      readonly else: HirBlock | null;
      readonly span: Span;
    }
  | { readonly kind: 'while'; readonly cond: HirExpr; readonly body: HirBlock; readonly span: Span }
  | { readonly kind: 'unroll'; readonly count: number; readonly body: HirBlock; readonly span: Span }
  /** Bounds are evaluated once; half-open. */
  | {
      readonly kind: 'for-range';
      readonly local: Local;
      readonly from: HirExpr;
      readonly to: HirExpr;
      readonly body: HirBlock;
      readonly span: Span;
    }
  /** local is a (key, value) tuple. */
  | {
      readonly kind: 'for-map';
      readonly local: Local;
      readonly map: HirMap;
      readonly body: HirBlock;
      readonly span: Span;
    }
  | { readonly kind: 'break' | 'continue'; readonly span: Span }
  | { readonly kind: 'return'; readonly value: HirExpr | null; readonly span: Span }
  | { readonly kind: 'block'; readonly block: HirBlock; readonly span: Span };

/** BPF_MAX_LOOPS (include/linux/bpf.h): bpf_loop() goes no further. */
export const MOST_TURNS = 1n << 23n;

interface Typed {
  readonly type: Type;
  readonly span: Span;
}

/**
 * Expressions. Those of a memory type (struct, array, string, tuple, ...) denote an object in memory: the back end
 * keeps the address and its space and copies only when a value is stored.
 */
export type HirExpr =
  /** Constants of int, bool, enum and pointer type; value in the range of the type. */
  | (Typed & { readonly kind: 'const'; readonly value: bigint })
  | (Typed & { readonly kind: 'string'; readonly value: string })
  | (Typed & { readonly kind: 'bytes'; readonly value: Uint8Array })
  | Place
  /** A per-CPU aggregate read as an integer: sums (or folds) over all CPUs now. */
  | (Typed & { readonly kind: 'aggregate-get'; readonly map: HirMap; readonly key: HirExpr | null })
  | (Typed & { readonly kind: 'map-has'; readonly map: HirMap; readonly key: HirExpr })
  /** Yields bool: whether the key was there. `checked`: the result is unused, so a miss is a run-time warning. */
  | (Typed & {
      readonly kind: 'map-delete';
      readonly map: HirMap;
      readonly key: HirExpr | null;
      readonly checked: boolean;
    })
  /** Number of elements now. */
  | (Typed & { readonly kind: 'map-len'; readonly map: HirMap })
  /** Both sides have the type of the result. Division, modulo and right shift are unsigned (as bpftrace does). */
  | (Typed & {
      readonly kind: 'arithmetic';
      readonly op: ArithmeticOp;
      readonly left: HirExpr;
      readonly right: HirExpr;
    })
  /** Both sides have one integer (or pointer, bool, enum) type, whose sign decides. Result bool. */
  | (Typed & { readonly kind: 'compare'; readonly op: CompareOp; readonly left: HirExpr; readonly right: HirExpr })
  /** Objects compared byte by byte: strings up to the NUL, arrays/tuples/buffers/inet whole. `length`: at most so many bytes (strncmp). */
  | (Typed & {
      readonly kind: 'compare-memory';
      readonly op: '==' | '!=';
      readonly left: HirExpr;
      readonly right: HirExpr;
      readonly length: number | null;
    })
  | (Typed & { readonly kind: 'logical'; readonly op: '&&' | '||'; readonly left: HirExpr; readonly right: HirExpr })
  | (Typed & { readonly kind: 'not' | 'negate' | 'complement'; readonly operand: HirExpr })
  | (Typed & { readonly kind: 'select'; readonly cond: HirExpr; readonly then: HirExpr; readonly else: HirExpr })
  | (Typed & { readonly kind: 'cast'; readonly operand: HirExpr })
  | (Typed & { readonly kind: 'update'; readonly place: Place; readonly op: '++' | '--'; readonly prefix: boolean })
  /** pid, tid, nsecs, comm, ... by the builtin table; `param` is the text in parentheses (`nsecs(boot)`) or N of argN. */
  | (Typed & { readonly kind: 'builtin'; readonly name: string; readonly param: string | null })
  /** Functions computed in the kernel, by the function table. Literal arguments that are compile-time only come in `literals`. */
  | (Typed & {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly HirExpr[];
      readonly literals: readonly (string | bigint)[];
    })
  /** A call of a `fn` of the query. */
  | (Typed & { readonly kind: 'invoke'; readonly fn: HirFunction; readonly args: readonly HirExpr[] })
  /** The probe's record or argument block as a struct in the context space (`args`). Pseudo offsets: u64 slots for fentry and raw tracepoints. */
  | (Typed & { readonly kind: 'context'; readonly type: StructType })
  /** The object a pointer points to. */
  | (Typed & { readonly kind: 'deref'; readonly pointer: HirExpr })
  /** Member of a struct object; `field.offset` is from the object's start, through anonymous members. */
  | (Typed & { readonly kind: 'member'; readonly object: HirExpr; readonly field: Field })
  /** Element of a tuple or record object. */
  | (Typed & { readonly kind: 'element'; readonly object: HirExpr; readonly index: number })
  /** Element of an array object (bounds-checked) or of what a pointer points to. */
  | (Typed & { readonly kind: 'index'; readonly object: HirExpr; readonly index: HirExpr })
  | (Typed & { readonly kind: 'address-of'; readonly operand: HirExpr })
  | (Typed & { readonly kind: 'tuple'; readonly elements: readonly HirExpr[] })
  | (Typed & { readonly kind: 'block'; readonly block: HirBlock; readonly value: HirExpr });
