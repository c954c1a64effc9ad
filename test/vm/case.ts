export type Arch = 'x64' | 'arm64';

/** One thing that has to work on a kernel: a command in the guest, and what it has to print. */
export interface Case {
  /** `subject/what`, unique. */
  readonly id: string;
  /** Shell line in the guest; `bpfscope` is on the PATH. */
  readonly command: string;
  /** Every one has to be found in stdout and stderr together. */
  readonly expect: readonly (string | RegExp)[];
  /** None may be found. */
  readonly reject?: readonly (string | RegExp)[];
  readonly exit?: number;
  /** Lines of what it prints that docs/kernels.md shows; with the flags g and m. */
  readonly figures?: RegExp;
  /** Kernels that lack the feature, with the words with which bpfscope has to refuse there. */
  readonly refusedOn?: Readonly<Record<string, RegExp>>;
  /** What is different on arm64: registers, system call numbers. */
  readonly arm64?: Partial<Pick<Case, 'command' | 'expect' | 'exit'>>;
  /** Takes minutes: not part of `npm test` (`--report`). */
  readonly long?: boolean;
  /** Seconds in the guest, 60 when absent. */
  readonly timeout?: number;
}

/** A case as it is on an architecture. */
export const caseOn = (arch: Arch, one: Case): Case => (arch === 'arm64' ? { ...one, ...one.arm64 } : one);

export type Outcome = 'pass' | 'fail' | 'refused';

export interface Result {
  readonly case: Case;
  readonly kernel: string;
  readonly outcome: Outcome;
  /** Why it failed, with what it printed; its figures when it passed. */
  readonly text: string;
  readonly seconds: number;
}

/** Judges what the guest printed for a case. */
export function judge(one: Case, kernel: string, output: string, exit: number, seconds: number): Result {
  const refusal = one.refusedOn?.[kernel];
  const result = (outcome: Outcome, text: string): Result => ({ case: one, kernel, outcome, text, seconds });
  if (refusal !== undefined) {
    return refusal.test(output) && exit !== 0
      ? result('refused', output.trim())
      : result('fail', `should be refused with ${refusal}, exit ${exit}:\n${output}`);
  }
  const missing = one.expect.filter((want) => !found(output, want));
  const unwanted = (one.reject ?? []).filter((want) => found(output, want));
  if (missing.length > 0) return result('fail', `not found: ${missing.join(' | ')}\n${output}`);
  if (unwanted.length > 0) return result('fail', `found: ${unwanted.join(' | ')}\n${output}`);
  if (exit !== (one.exit ?? 0)) return result('fail', `exit ${exit}\n${output}`);
  return result('pass', one.figures === undefined ? '' : (output.match(one.figures) ?? []).join('\n'));
}

function found(output: string, want: string | RegExp): boolean {
  return typeof want === 'string' ? output.includes(want) : want.test(output);
}
