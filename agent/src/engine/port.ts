/**
 * What the rest of the agent sees of the engine: queries in, runs and answers out. One Engine owns every live query of
 * the process. Times are Unix milliseconds unless a name says otherwise.
 */
import type { Diagnostic } from '../language/diagnostic.ts';
import type { Target } from '../language/target.ts';
import type { Answer, CheckAnswer, Output, RunInfo } from '../protocol/index.ts';

export interface EngineOptions {
  /** The facts of this host; called once, at the first query. */
  readonly target: () => Target;
  /** Milliseconds between samples, 100 or more; default 1000. */
  readonly stepMs?: number;
  /** How far back the history of a run reaches; default 3600. */
  readonly historySeconds?: number;
  /** How much one run's history may hold; the oldest steps go first; default 16 MiB. */
  readonly historyBytes?: number;
  /** How much all runs together may remember: steps and rows; default 256 MiB. The largest give way first. */
  readonly memoryBytes?: number;
  /** Has the kernel count and time all program runs while the engine lives (20 to 30 ns each, of all BPF programs on the host): RunInfo.cost. Default false. */
  readonly runStatistics?: boolean;
  /** Something that an operator should know: a failed sample, an expired lease. Default: nothing. */
  readonly log?: (level: 'info' | 'warn' | 'error', message: string, detail?: object) => void;
}

export interface StartRequest {
  /** bpftrace source. */
  readonly query: string;
  /** Positional parameters $1... */
  readonly params?: readonly string[];
  /** Catalog name this query stands for, shown in RunInfo. */
  readonly metric?: string;
  /** Seconds the run lives on unasked; null: for ever. Default 300. A second start of the same query may only lengthen it. */
  readonly leaseSeconds?: number | null;
  /** Opens the CLI-only, dangerous functions. Default false. */
  readonly unsafe?: boolean;
  /** Names of the maps worth sampling and keeping (`@latency`); others are a program's working storage. Default: all. Part of the run's identity. */
  readonly outputs?: readonly string[];
}

export type StartResult =
  /** fresh: this call loaded it; otherwise it was running already. */
  | { readonly ok: true; readonly run: RunInfo; readonly fresh: boolean; readonly diagnostics: readonly Diagnostic[] }
  /** The query is wrong, or the kernel refused it: nothing is loaded. */
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface AnswerRange {
  /** Half-open (from, to]. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds between points, rounded up to a multiple of the engine's step. Default: the engine's step. */
  readonly step?: number;
}

/** Names that the query text cannot know: from the catalog. */
export interface Presentation {
  /** Names of the key columns, in order. */
  readonly labels?: readonly string[];
  /** Grafana unit id. */
  readonly unit?: string;
}

/** The kernel or the host refused: one clear sentence, and what to do about it. */
export class EngineError extends Error {
  /** `no-such-run`, `not-permitted`, `too-many-runs`, `host`. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.hint = hint;
  }
}

export interface EnginePort {
  readonly stepMs: number;
  /** Compiles only: diagnostics with lines, expanded probes, what it would return. */
  check(query: string, params?: readonly string[]): CheckAnswer;
  /** Attaches a query once, however many ask for it; renews its lease. Throws EngineError when the host refuses. */
  start(request: StartRequest): Promise<StartResult>;
  /** Resolves when the run has at least one sample, or after `ms`. */
  sampled(id: string, ms: number): Promise<void>;
  /** The steps of a range; renews the lease. Throws EngineError no-such-run. */
  answer(id: string, range: AnswerRange, presentation?: Presentation): Answer;
  /** Everything since collection began, as outputs with one time; does not renew the lease. Read now, not at the last step. */
  totals(id: string, presentation?: Presentation): readonly Output[];
  /** Calls back after every sample with that step's outputs (one time each). Returns how to stop. */
  watch(id: string, listener: (outputs: readonly Output[]) => void, presentation?: Presentation): () => void;
  list(): readonly RunInfo[];
  get(id: string): RunInfo | null;
  /** Detaches; its history stays answerable until the lease would have ended. False when there is no such run. */
  stop(id: string): boolean;
  /** Detaches everything. */
  close(): void;
}
