/**
 * Metrics that the kernel counts without BPF, read from /proc: the same steps, leases and answers as a query's run.
 * A step's number is the exact increase since the last sample; a step that was not sampled stays null.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AnswerRange } from '../engine/index.ts';
import type { Answer, KeyColumn, NumberOutput, RunInfo } from '../protocol/index.ts';
import type { CounterVariant } from '../catalog/schema.ts';

export interface CounterMetric {
  readonly name: string;
  readonly unit: string;
  readonly labels: readonly string[];
  readonly counter: CounterVariant;
}

export interface HostCountersOptions {
  readonly stepMs: number;
  readonly historySeconds?: number;
  readonly read?: (path: string) => string;
  readonly now?: () => number;
  readonly log?: (level: 'warn', message: string, detail?: object) => void;
}

const MAX_SERIES = 1000;

/** One metric's ring of steps: a slot for each step of the history, by step number. */
class CounterRun {
  readonly id: string;
  readonly hash: string;
  readonly startedAt: number;
  leaseUntil: number | null;
  /** The last reading by key, for differences. */
  last: ReadonlyMap<string, number> | null = null;
  readonly series = new Map<string, Float64Array>();
  /** Step number held by each slot; -1: none. */
  readonly steps: Float64Array;
  readonly #regex: RegExp;

  readonly metric: CounterMetric;

  constructor(metric: CounterMetric, slots: number, now: number, leaseUntil: number | null) {
    this.metric = metric;
    this.hash = createHash('sha256').update(`${metric.counter.file}\n${metric.counter.pattern}`).digest('hex');
    this.id = `proc-${this.hash.slice(0, 12)}`;
    this.startedAt = now;
    this.leaseUntil = leaseUntil;
    this.steps = new Float64Array(slots).fill(-1);
    this.#regex = new RegExp(metric.counter.pattern, 'gm');
  }

  /** Readings of a file by key (JSON of the label values). */
  parse(text: string): ReadonlyMap<string, number> {
    const values = new Map<string, number>();
    const { scale = 1 } = this.metric.counter;
    for (const match of text.matchAll(this.#regex)) {
      const value = Number(match.groups?.['value']);
      if (Number.isNaN(value)) continue;
      const key = JSON.stringify(this.metric.labels.map((label) => match.groups?.[label] ?? ''));
      values.set(key, (values.get(key) ?? 0) + value * scale);
    }
    return values;
  }

  sample(step: number, reading: ReadonlyMap<string, number>): void {
    const slot = step % this.steps.length;
    const first = this.last === null;
    const gauge = this.metric.counter.as === 'gauge';
    if (!first || gauge) {
      this.steps[slot] = step;
      for (const ring of this.series.values()) ring[slot] = NaN;
      for (const [key, value] of reading) {
        const before = this.last?.get(key) ?? 0;
        const ring = this.#ring(key);
        if (ring !== null) ring[slot] = gauge ? value : value >= before ? value - before : value;
      }
    }
    this.last = reading;
  }

  #ring(key: string): Float64Array | null {
    const known = this.series.get(key);
    if (known !== undefined || this.series.size >= MAX_SERIES) return known ?? null;
    const made = new Float64Array(this.steps.length).fill(NaN);
    this.series.set(key, made);
    return made;
  }

  info(): RunInfo {
    return {
      id: this.id,
      hash: this.hash,
      query: `${this.metric.counter.file}: ${this.metric.counter.pattern}`,
      metric: this.metric.name,
      state: 'running',
      startedAt: this.startedAt,
      leaseUntil: this.leaseUntil,
      probes: [],
      programs: 0,
      cost: { runs: null, nanoseconds: null, compileMs: 0, loadMs: 0, attachMs: 0 },
    };
  }

  output(range: AnswerRange, stepMs: number): { output: NumberOutput; step: number } {
    const gauge = this.metric.counter.as === 'gauge';
    const step = Math.max(1, Math.ceil((range.step ?? stepMs) / stepMs)) * stepMs;
    const per = step / stepMs;
    const times: number[] = [];
    for (let time = (Math.floor(range.from / step) + 1) * step; time <= range.to; time += step) times.push(time);
    const series = [...this.series].map(([key, ring]) => ({
      key: JSON.parse(key) as string[],
      values: times.map((time) => this.#fold(ring, time / stepMs, per, gauge)),
    }));
    const keys: KeyColumn[] = this.metric.labels.map((name) => ({ name, type: 'string' }));
    return {
      step,
      output: {
        name: '@',
        unit: this.metric.unit,
        keys,
        times,
        kind: this.metric.counter.as,
        series: series.filter(({ values }) => values.some((value) => value !== null)),
      },
    };
  }

  /** Sum (counter) or last (gauge) of the `per` steps that end at `lastStep`; null when none was sampled. */
  #fold(ring: Float64Array, lastStep: number, per: number, gauge: boolean): number | null {
    let result: number | null = null;
    for (let step = lastStep - per + 1; step <= lastStep; step++) {
      const slot = step % ring.length;
      const value = this.steps[slot] === step ? (ring[slot] ?? NaN) : NaN;
      if (Number.isNaN(value)) continue;
      result = gauge ? value : (result ?? 0) + value;
    }
    return result;
  }
}

export class HostCounters {
  readonly #options: Required<Pick<HostCountersOptions, 'stepMs' | 'read' | 'now'>> & HostCountersOptions;
  readonly #slots: number;
  readonly #runs = new Map<string, CounterRun>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: HostCountersOptions) {
    this.#options = { read: (path) => readFileSync(path, 'utf8'), now: Date.now, ...options };
    this.#slots = Math.ceil(((options.historySeconds ?? 3600) * 1000) / options.stepMs) + 1;
  }

  /** Begins to sample, or renews the lease; null: for ever. Takes its first reading at once. */
  start(metric: CounterMetric, leaseSeconds: number | null): { run: RunInfo; fresh: boolean } {
    const now = this.#options.now();
    const until = leaseSeconds === null ? null : now + leaseSeconds * 1000;
    let run = [...this.#runs.values()].find((candidate) => candidate.metric.name === metric.name);
    const fresh = run === undefined;
    if (run === undefined) {
      run = new CounterRun(metric, this.#slots, now, until);
      this.#runs.set(run.id, run);
      this.#read([run], Math.floor(now / this.#options.stepMs));
    } else if (run.leaseUntil !== null) run.leaseUntil = until === null ? null : Math.max(run.leaseUntil, until);
    this.#schedule();
    return { run: run.info(), fresh };
  }

  answer(id: string, range: AnswerRange): Answer | null {
    const run = this.#runs.get(id);
    if (run === undefined) return null;
    const { output, step } = run.output(range, this.#options.stepMs);
    const lost = { events: 0, mapUpdates: 0, missedRuns: 0, stacks: 0 };
    return { run: run.info(), step, outputs: [output], lost, notices: [] };
  }

  /** The kernel's own totals, read now. */
  totals(id: string): ReadonlyMap<readonly string[], number> | null {
    const run = this.#runs.get(id);
    if (run === undefined) return null;
    const reading = run.parse(this.#options.read(run.metric.counter.file));
    return new Map([...reading].map(([key, value]) => [JSON.parse(key) as string[], value]));
  }

  list(): readonly RunInfo[] {
    return [...this.#runs.values()].map((run) => run.info());
  }

  get(id: string): RunInfo | null {
    return this.#runs.get(id)?.info() ?? null;
  }

  stop(id: string): boolean {
    return this.#runs.delete(id);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#runs.clear();
  }

  /** Waits for the next boundary of a step; nothing ticks while nothing is sampled. */
  #schedule(): void {
    if (this.#timer !== null || this.#runs.size === 0) return;
    const { stepMs, now } = this.#options;
    this.#timer = setTimeout(() => this.tick(), stepMs - (now() % stepMs));
    this.#timer.unref();
  }

  /** One sample of every run; for the timer and for tests. */
  tick(): void {
    this.#timer = null;
    const now = this.#options.now();
    for (const [id, run] of this.#runs) if (run.leaseUntil !== null && run.leaseUntil < now) this.#runs.delete(id);
    this.#read([...this.#runs.values()], Math.round(now / this.#options.stepMs));
    this.#schedule();
  }

  /** Each file is read once, whatever the number of metrics in it. */
  #read(runs: readonly CounterRun[], step: number): void {
    const texts = new Map<string, string>();
    for (const run of runs) {
      const { file } = run.metric.counter;
      try {
        let text = texts.get(file);
        if (text === undefined) texts.set(file, (text = this.#options.read(file)));
        run.sample(step, run.parse(text));
      } catch (error) {
        this.#options.log?.('warn', `cannot read ${file}`, { error: (error as Error).message });
      }
    }
  }
}
