/** What user space and the BPF side of unwinding agree on: elements of the maps, little endian. */

/** The maps that a walk uses, as `UnwindMaps` makes them. */
export type UnwindMap = 'processes' | 'mappings' | 'rows' | 'rules' | 'stack';

/** Why a stack has no more frames. */
export const StackEnd = {
  /** The outermost frame: the binary says that nobody called it. */
  COMPLETE: 1,
  /** As many frames as were asked for. */
  FULL: 2,
  /** The process is not known, or the address is in no binary with a table: code of a JIT compiler, or no .eh_frame. */
  NO_TABLE: 3,
  /** The table has no rule for the place, or one that we do not follow. */
  NO_RULE: 4,
  /** The stack cannot be read. */
  UNREADABLE: 5,
} as const;
export type StackEnd = (typeof StackEnd)[keyof typeof StackEnd];

/**
 * `stack`, per CPU, element 0: u64 frames, u64 StackEnd, then the u64 addresses, innermost first, and a zero; behind them
 * how often stacks ended how, u64 by StackEnd, [0] those of processes without tables.
 */
export const STACK = { count: 0, end: 8, frames: 16 } as const;
/** A power of two above all of StackEnd. */
export const STACK_ENDS = 8;
export const stackEndsAt = (frames: number): number => STACK.frames + (frames + 1) * 8;
export const stackBytes = (frames: number): number => stackEndsAt(frames) + STACK_ENDS * 8;
export const framesOf = (stackSize: number): number => (stackSize - stackBytes(0)) / 8;

/** What goes from frame to frame: u64 words of the memory that bpf_loop hands on. */
export const WALK = {
  pc: 0,
  sp: 8,
  fp: 16,
  /** 1 for return addresses: what calls is before them, and may be the last instruction of a function. */
  isReturn: 24,
  mappingsFirst: 32,
  mappingsCount: 40,
  /** Frames so far. */
  frames: 48,
  /** StackEnd; FULL to begin with. */
  end: 56,
  /** Of all addresses; `HASH_START` to begin with. */
  hash: 64,
  bytes: 72,
} as const;
/** FNV-1a, of words in place of bytes. */
export const HASH_START = 0xcbf2_9ce4_8422_2325n;
export const HASH_PRIME = 0x100_0000_01b3n;

/** `processes`, by u32 process id: u32 its first mapping, u32 how many. */
export const PROCESS = { first: 0, count: 4, bytes: 8 } as const;
/** `mappings`, each process's ascending: u64 start, u64 end, u64 address of the table's place 0, u32 first row, u32 rows. */
export const MAPPING = { start: 0, end: 8, base: 16, first: 24, count: 28, bytes: 32 } as const;
/** `rows`, each table's ascending: u32 place, u32 index in `rules`. */
export const ROW = { place: 0, rule: 4, bytes: 8 } as const;
/** `rules`: i32 each; see `UnwindRule`. */
export const RULE = { cfa: 0, offset: 4, fp: 8, ra: 12, bytes: 16 } as const;

/** Steps of the bisections: of so many elements less than 2 to that power. */
export const MAPPING_STEPS = 8;
export const ROW_STEPS = 21;

/** x86-64: offsets in struct pt_regs, and in the signal frame, from the stack pointer that a handler returns to. */
export const PT_REGS = { fp: 32, pc: 128, sp: 152 } as const;
export const SIGNAL_FRAME = { fp: 120, sp: 160, pc: 168 } as const;
