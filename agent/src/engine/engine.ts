/** All live queries of this process: started once however many ask, sampled by one timer, ended by lease, stop or exit. */
import { RingPoller } from '@bpfscope/native/ringbuf';
import { enableRunStatistics } from '@bpfscope/native/prog';
import type { Closeable } from '@bpfscope/native/sys';
import { compile } from '../compiler/index.ts';
import type { Target } from '../language/target.ts';
import type { Answer, CheckAnswer, Output, RunInfo } from '../protocol/index.ts';
import { collectGarbage } from './collect-garbage.ts';
import { checkAnswer, hasErrors } from './check.ts';
import { hostError } from './host-error.ts';
import { fairShare } from './memory-share.ts';
import { LiveSymbols, type Symbols } from './symbols.ts';
import { loadQuery, QueryRefused } from './load.ts';
import { queryHash } from './normalise.ts';
import { EngineError } from './port.ts';
import type { AnswerRange, EngineOptions, EnginePort, Presentation, StartRequest, StartResult } from './port.ts';
import { Run, RUN_RING_BYTES } from './run.ts';

const DEFAULT_STEP_MS = 1000;
const SMALLEST_STEP_MS = 100;
const DEFAULT_LEASE_SECONDS = 300;
const DEFAULT_HISTORY_SECONDS = 3600;
const DEFAULT_HISTORY_BYTES = 16 << 20;
const DEFAULT_MEMORY_BYTES = 256 << 20;
/** Events are rows in panels: a quarter of a second of silence is soon enough, and rest costs a quarter of the wake-ups. */
const POLLING = { busyMs: 10, idleMs: 250 };
/** After the last start: what compiling left behind is given back. */
const TIDY_MS = 3000;

export class Engine implements EnginePort {
  readonly stepMs: number;
  readonly #options: EngineOptions;
  readonly #symbols: Symbols;
  readonly #poller: RingPoller;
  readonly #runs = new Map<string, Run>();
  readonly #starting = new Map<string, Promise<StartResult>>();
  #statistics: Closeable | null = null;
  #closed = false;
  #target: Target | null = null;
  #timer: NodeJS.Timeout | null = null;
  #tidy: NodeJS.Timeout | null = null;
  #next = 1;

  constructor(options: EngineOptions & { readonly symbols?: Symbols }) {
    this.#options = options;
    this.#symbols = options.symbols ?? new LiveSymbols();
    this.stepMs = Math.max(SMALLEST_STEP_MS, Math.round(options.stepMs ?? DEFAULT_STEP_MS));
    this.#poller = new RingPoller({
      ...POLLING,
      onError: (error) => this.#log('error', 'an event could not be handled', error),
    });
    if (options.runStatistics === true) this.#statistics = this.#countRuns();
  }

  /** null: the kernel will not; runs then have no cost. */
  #countRuns(): Closeable | null {
    try {
      return enableRunStatistics();
    } catch (error) {
      this.#log('warn', 'the cost of runs is not measured', hostError(error));
      return null;
    }
  }

  check(query: string, params: readonly string[] = []): CheckAnswer {
    return checkAnswer(query, compile(query, this.#facts(), { positional: params }));
  }

  /** Identical queries that are asked for while the first of them loads wait for it. */
  async start(request: StartRequest): Promise<StartResult> {
    const hash = queryHash(request);
    for (;;) {
      const running = this.#findByHash(hash);
      if (running !== null) return this.#join(running, request);
      const other = this.#starting.get(hash);
      if (other === undefined) break;
      const result = await other;
      if (!result.ok) return result;
    }
    const starting = this.#start(hash, request).finally(() => this.#starting.delete(hash));
    this.#starting.set(hash, starting);
    return starting;
  }

  #join(running: Run, request: StartRequest): StartResult {
    this.#renew(running, request.leaseSeconds);
    running.metric ??= request.metric ?? null;
    return { ok: true, run: running.info(), fresh: false, diagnostics: [] };
  }

  async #start(hash: string, request: StartRequest): Promise<StartResult> {
    const started = performance.now();
    const { query, diagnostics } = compile(request.query, this.#facts(), {
      positional: request.params ?? [],
      unsafe: request.unsafe ?? false,
    });
    if (query === null || hasErrors(diagnostics)) return { ok: false, diagnostics };
    const compileMs = performance.now() - started;
    try {
      const loaded = await loadQuery(query, { mostRingBytes: RUN_RING_BYTES });
      if (this.#closed) {
        loaded.close();
        throw new EngineError('host', 'the agent is stopping');
      }
      const run = new Run(loaded, {
        id: `r${this.#next++}`,
        hash,
        request,
        compileMs,
        measured: this.#statistics !== null,
        stepMs: this.stepMs,
        historySeconds: this.#options.historySeconds ?? DEFAULT_HISTORY_SECONDS,
        historyBytes: this.#options.historyBytes ?? DEFAULT_HISTORY_BYTES,
        poller: this.#poller,
        symbols: this.#symbols,
        onEnd: () => this.#log('info', 'run ended', { hash }),
      });
      this.#runs.set(run.id, run);
      run.leaseSeconds = request.leaseSeconds ?? DEFAULT_LEASE_SECONDS;
      this.#renew(run, request.leaseSeconds);
      this.#schedule();
      this.#tidySoon();
      return { ok: true, run: run.info(), fresh: true, diagnostics };
    } catch (error) {
      if (error instanceof QueryRefused) return { ok: false, diagnostics: [...diagnostics, ...error.diagnostics] };
      throw hostError(error);
    }
  }

  sampled(id: string, ms: number): Promise<void> {
    const run = this.#run(id);
    if (run.hasSample || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        leave();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const leave = run.onSample(done);
    });
  }

  answer(id: string, range: AnswerRange, presentation: Presentation = {}): Answer {
    const run = this.#run(id);
    this.#renew(run, undefined);
    return run.answer(range, presentation);
  }

  totals(id: string, presentation: Presentation = {}): readonly Output[] {
    return this.#run(id).totals(presentation);
  }

  watch(id: string, listener: (outputs: readonly Output[]) => void, presentation: Presentation = {}): () => void {
    const run = this.#run(id);
    return run.onSample(() => listener(run.latest(presentation)));
  }

  list(): readonly RunInfo[] {
    return [...this.#runs.values()].map((run) => run.info());
  }

  get(id: string): RunInfo | null {
    return this.#runs.get(id)?.info() ?? null;
  }

  stop(id: string): boolean {
    const run = this.#runs.get(id);
    if (run === undefined) return false;
    run.end('ended', 'stopped on request');
    run.permanent = false;
    run.leaseUntil ??= Date.now() + DEFAULT_LEASE_SECONDS * 1000;
    return true;
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#tidy !== null) clearTimeout(this.#tidy);
    this.#timer = null;
    this.#tidy = null;
    for (const run of this.#runs.values()) this.#attempt(run, () => run.end('ended', null));
    this.#runs.clear();
    this.#statistics?.close();
  }

  #facts(): Target {
    return (this.#target ??= this.#options.target());
  }

  #run(id: string): Run {
    const run = this.#runs.get(id);
    if (run === undefined)
      throw new EngineError('no-such-run', `there is no run ${id}`, 'It may have expired: ask again.');
    return run;
  }

  /** A run that ended by itself still answers; one that was stopped or failed is started anew. */
  #findByHash(hash: string): Run | null {
    for (const run of this.#runs.values()) {
      if (run.hash === hash && (run.state === 'running' || run.endReason === null)) return run;
    }
    return null;
  }

  /** A lease is only ever lengthened; null: for ever; undefined: as long as it was last asked for. */
  #renew(run: Run, seconds: number | null | undefined): void {
    if (seconds === null) run.permanent = true;
    else if (seconds !== undefined) run.leaseSeconds = Math.max(seconds, run.leaseSeconds);
    const until = Math.max(run.leaseUntil ?? 0, Date.now() + run.leaseSeconds * 1000);
    run.leaseUntil = run.permanent ? null : until;
  }

  #schedule(): void {
    if (this.#timer !== null || this.#runs.size === 0) return;
    const now = Date.now();
    const wait = this.stepMs - (now % this.stepMs);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#tick();
      this.#schedule();
    }, wait);
  }

  #tidySoon(): void {
    if (this.#tidy !== null) clearTimeout(this.#tidy);
    this.#tidy = setTimeout(() => {
      this.#tidy = null;
      collectGarbage();
    }, TIDY_MS).unref();
  }

  #tick(): void {
    const now = Date.now();
    const time = Math.floor(now / this.stepMs) * this.stepMs;
    for (const run of this.#runs.values()) {
      this.#attempt(run, () => run.sample(time));
      if (run.leaseUntil !== null && run.leaseUntil < now) this.#expire(run);
    }
    this.#keepWithinMemory();
  }

  #keepWithinMemory(): void {
    const runs = [...this.#runs.values()];
    const share = fairShare(
      runs.map(({ heldBytes }) => heldBytes),
      this.#options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    );
    if (share === Infinity) return;
    for (const run of runs) if (run.heldBytes > share) run.shrink(share);
  }

  #expire(run: Run): void {
    this.#attempt(run, () => run.end('ended', 'its lease ended'));
    this.#runs.delete(run.id);
    this.#log('info', 'run expired', { id: run.id, hash: run.hash });
  }

  /** One run's trouble must not harm the others. */
  #attempt(run: Run, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#log('error', 'a run failed', error);
      if (run.state === 'running') {
        try {
          run.end('failed', `sampling failed: ${error instanceof Error ? error.message : String(error)}`);
        } catch (second) {
          this.#log('error', 'a failed run could not be ended', second);
        }
      }
    }
  }

  #log(level: 'info' | 'warn' | 'error', message: string, detail: unknown): void {
    this.#options.log?.(level, message, detail !== null && typeof detail === 'object' ? detail : { detail });
  }
}
