/** How the caller's registers are found from those of a function that stands at some instruction. */

/** Where the canonical frame address (CFA) comes from: the caller's stack pointer after its call. */
export const Cfa = {
  /** No row of .eh_frame covers the place. */
  NONE: 0,
  /** Stack pointer + offset. */
  SP: 1,
  /** Frame pointer + offset. */
  FP: 2,
  /** A stub of 16 bytes of x86-64's .plt: stack pointer + 8, and 8 more from its byte `offset` on, behind its push. */
  PLT: 3,
  /** The return of a signal handler: the kernel saved all registers above the stack pointer (rt_sigframe). */
  SIGNAL: 4,
  /** From another register, or by an expression of a kind that we do not know. */
  UNKNOWN: 5,
} as const;
export type Cfa = (typeof Cfa)[keyof typeof Cfa];

/** In place of an offset from the CFA where a register was saved. */
export const Saved = {
  /** The register has its caller's value still. */
  SAME: 0x7fff,
  /** There is none: of the return address, the outermost frame. */
  END: 0x7ffe,
  /** Saved in a way that we do not follow. */
  UNKNOWN: 0x7ffd,
} as const;

/** Offsets in bytes. `fp`, `ra`: from the CFA, or one of `Saved`; `ra` of arm64 is SAME while it is in x30. */
export interface UnwindRule {
  readonly cfa: Cfa;
  readonly offset: number;
  readonly fp: number;
  readonly ra: number;
}

export const NO_RULE: UnwindRule = { cfa: Cfa.NONE, offset: 0, fp: Saved.SAME, ra: Saved.UNKNOWN };

const LARGEST_CFA = 1 << 23;
const LARGEST_SAVED = 0x7ff0;

/** A rule whose numbers fit their places; frames of more than 8 MiB and registers saved 32 KiB away are not followed. */
export const fitting = (rule: UnwindRule): UnwindRule => {
  if (Math.abs(rule.offset) >= LARGEST_CFA) return { ...rule, cfa: Cfa.UNKNOWN, offset: 0 };
  return { ...rule, fp: fittingSaved(rule.fp), ra: fittingSaved(rule.ra) };
};

const fittingSaved = (offset: number): number =>
  offset > Saved.SAME || offset < -LARGEST_SAVED || (offset > LARGEST_SAVED && offset < Saved.UNKNOWN)
    ? Saved.UNKNOWN
    : offset;
