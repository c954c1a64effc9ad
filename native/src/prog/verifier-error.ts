import { errnoMessage, errnoName } from '../uapi/errno.ts';

/** Lines that tell of progress, not of the problem. */
const STATISTICS = /^(processed \d+ insns|verification time|stack depth|max_states|total_states|peak_states|mark_read)/;

/** The line of the log that says what is wrong: the last one that is no statistics. */
export const verifierReason = (log: string): string => {
  const lines = log.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !STATISTICS.test(line)).at(-1) ?? '';
};

/** Number of the instruction that the verifier was at when it gave up, null when the log does not say. */
export const verifierInstruction = (log: string): number | null => {
  const lines = log.split('\n');
  for (let i = lines.length - 1; i >= 0; i--) {
    const match = /^\s*(\d+): \([0-9a-f]{2}\)/.exec(lines[i] ?? '');
    if (match !== null) return Number(match[1]);
  }
  return null;
};

/** A program that the kernel did not load. Holds the whole log. */
export class VerifierError extends Error {
  override readonly name = 'VerifierError';
  readonly program: string;
  readonly errno: number;
  /** `EACCES` */
  readonly code: string;
  /** All that the verifier said; empty when it never came to run (EPERM, ENOMEM, ...). */
  readonly log: string;
  /** The log's line that names the problem, or the error number's message. */
  readonly reason: string;
  /** Index of the refused instruction, null when unknown. */
  readonly instruction: number | null;

  constructor(program: string, errno: number, log: string) {
    const reason = verifierReason(log) || errnoMessage(errno);
    super(`load program ${program}: ${reason} (${errnoName(errno)} from bpf(BPF_PROG_LOAD))`);
    this.program = program;
    this.errno = errno;
    this.code = errnoName(errno);
    this.log = log;
    this.reason = reason;
    this.instruction = verifierInstruction(log);
  }
}
