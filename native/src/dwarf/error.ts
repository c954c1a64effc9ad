/** Debugging information that is damaged, or of a kind that we do not know. */
export class DwarfError extends Error {
  override readonly name = 'DwarfError';
}

/** What reading debugging information may throw: ours, and that of bytes which end early. */
export const isDamage = (error: unknown): boolean => error instanceof DwarfError || error instanceof RangeError;
