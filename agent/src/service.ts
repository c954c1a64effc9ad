/**
 * What the API does, free of HTTP: catalog metrics and queries to runs, runs to answers. Metrics come from the engine
 * (BPF) or from the kernel's own counters; callers do not see which.
 */
import type { HostCatalog, HostMetric } from './catalog/host-catalog.ts';
import { EngineError, type EnginePort, type Presentation } from './engine/index.ts';
import type { HostCounters } from './metrics/host-counters.ts';
import type { Answer, CheckAnswer, CheckRequest, Key, Output, QueryRequest, RunInfo } from './protocol/index.ts';
import type { Audit } from './routes/audit.ts';
import { queryInvalid, toMessage } from './routes/diagnostics.ts';
import { ApiError, type ErrorCode } from './routes/errors.ts';
import { requiredRole } from './routes/rights.ts';
import { queryMaps } from './routes/working-maps.ts';
import { atLeast, type Caller } from './routes/tokens.ts';

export interface ServiceParts {
  readonly engine: EnginePort;
  readonly counters: HostCounters;
  readonly catalog: HostCatalog;
  readonly audit: Audit;
  /** Runs that people may start besides the always-on metrics. */
  readonly maxRuns?: number;
}

const DEFAULT_LEASE_SECONDS = 300;
const AGENT: Caller = { name: 'agent', role: 'admin' };

const ENGINE_CODES: Record<string, ErrorCode> = {
  'no-such-run': 'run-unknown',
  'not-permitted': 'not-permitted',
  'too-many-runs': 'too-many-runs',
  host: 'host-incapable',
};

/** The engine's refusals with the API's codes. */
export function fromEngine(error: unknown): unknown {
  if (!(error instanceof EngineError)) return error;
  return new ApiError(ENGINE_CODES[error.code] ?? 'host-incapable', error.message, { hint: error.hint });
}

export class Service {
  readonly #parts: ServiceParts;
  /** Run id to the metric it was started for. */
  readonly #metricOf = new Map<string, HostMetric>();

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  get catalog(): HostCatalog {
    return this.#parts.catalog;
  }

  /** Begins the always-on metrics; what cannot start is reported and does not stop the rest. */
  async startAlwaysOn(): Promise<readonly { metric: string; problem: string }[]> {
    const problems: { metric: string; problem: string }[] = [];
    for (const entry of this.catalog.all) {
      if (!entry.metric.alwaysOn) continue;
      try {
        await this.#start(AGENT, entry, null);
      } catch (error) {
        problems.push({ metric: entry.metric.name, problem: (error as Error).message });
      }
    }
    return problems;
  }

  check(caller: Caller, request: CheckRequest): CheckAnswer {
    const entry = this.#subject(request);
    if (entry === null) {
      const query = request.query ?? '';
      const answer = withoutWorking(query, this.#parts.engine.check(query, request.params));
      const need = answer.ok ? requiredRole(query) : null;
      if (need === null || atLeast(caller, need.role)) return answer;
      const whole = { start: 0, end: query.length, line: 1, column: 1, ...endOf(query) };
      const message = `${need.reason} needs the role ${need.role}; your token has ${caller.role}.`;
      return {
        ...answer,
        ok: false,
        diagnostics: [...answer.diagnostics, { code: 'role-too-low', severity: 'error', ...whole, message }],
      };
    }
    const source = available(entry);
    if (source.kind === 'query') return this.#parts.engine.check(source.query, source.params);
    const outputs = [{ name: '@', kind: source.counter.as }];
    return { ok: true, diagnostics: [], probes: [], probeCount: 0, cost: 'negligible', outputs };
  }

  async query(caller: Caller, request: QueryRequest): Promise<Answer> {
    if (!(request.to > request.from)) throw new ApiError('range-invalid');
    const entry = this.#subject(request);
    const lease = request.lease ?? DEFAULT_LEASE_SECONDS;
    const run =
      entry === null ? await this.#startQuery(caller, request, lease) : (await this.#start(caller, entry, lease)).run;
    return this.#answer(run.id, entry, await this.#waited(run.id, request));
  }

  /** Waits for the first sample where that was asked for; a range that ends now then ends after the wait. */
  async #waited(id: string, request: QueryRequest): Promise<QueryRequest> {
    const wait = request.wait ?? 0;
    if (wait <= 0 || this.#parts.engine.get(id) === null) return request;
    const asked = Date.now();
    await this.#parts.engine.sampled(id, wait);
    const endsNow = request.to >= asked - 2 * this.#parts.engine.stepMs;
    return endsNow ? { ...request, to: Math.max(request.to, Date.now()) } : request;
  }

  list(): readonly RunInfo[] {
    return [...this.#parts.engine.list(), ...this.#parts.counters.list()];
  }

  get(id: string): RunInfo {
    const run = this.#parts.engine.get(id) ?? this.#parts.counters.get(id);
    if (run === null) throw new ApiError('run-unknown');
    return run;
  }

  stop(caller: Caller, id: string): void {
    const run = this.get(id);
    if (run.leaseUntil === null && !atLeast(caller, 'admin'))
      throw new ApiError('role-too-low', 'Only an admin may stop an always-on metric.');
    this.#parts.audit.stopped(caller, run);
    if (!this.#parts.engine.stop(id)) this.#parts.counters.stop(id);
    this.sweep();
  }

  /** The metric of a run; null for a custom query. */
  metricOf(id: string): HostMetric | null {
    return this.#metricOf.get(id) ?? null;
  }

  /** Everything since collection began, keys decoded. */
  totals(id: string): readonly Output[] {
    const entry = this.metricOf(id);
    const outputs = this.#parts.engine.totals(id, entry === null ? undefined : presentation(entry));
    return entry === null ? outputs : outputs.map((output) => decodeKeys(output, entry));
  }

  counterTotals(id: string): ReadonlyMap<readonly string[], number> | null {
    return this.#parts.counters.totals(id);
  }

  /** Audits the runs that ended; called now and then. */
  sweep(): void {
    const live = this.list();
    this.#parts.audit.sweep(live);
    const ids = new Set(live.map((run) => run.id));
    for (const id of this.#metricOf.keys()) if (!ids.has(id)) this.#metricOf.delete(id);
  }

  close(): void {
    this.#parts.engine.close();
    this.#parts.counters.close();
    this.#parts.audit.sweep([]);
  }

  /** The metric that a request names; null when it brings a query. */
  #subject(request: CheckRequest): HostMetric | null {
    if ((request.metric === undefined) === (request.query === undefined))
      throw new ApiError('request-invalid', 'Send exactly one of `query` and `metric`.');
    if (request.metric === undefined) return null;
    const entry = this.catalog.find(request.metric);
    if (entry !== null) return entry;
    const near = this.catalog.suggest(request.metric);
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined;
    throw new ApiError('metric-unknown', `The catalog has no metric "${request.metric}".`, { hint });
  }

  async #startQuery(caller: Caller, request: QueryRequest, lease: number): Promise<RunInfo> {
    const query = request.query ?? '';
    const need = requiredRole(query);
    if (!atLeast(caller, need.role)) {
      this.#parts.audit.refused(caller, query, 'role-too-low');
      throw new ApiError('role-too-low', `${need.reason} needs the role ${need.role}; this token has ${caller.role}.`);
    }
    const known = this.#parts.engine.list().some((run) => run.state === 'running' && run.query === query);
    if (!known) this.#refuseTooMany();
    const { shown, working } = queryMaps(query);
    const outputs = working.length > 0 ? { outputs: shown } : {};
    const params = request.params === undefined ? {} : { params: request.params };
    return this.#startInEngine(caller, { query, ...params, ...outputs }, lease);
  }

  async #start(caller: Caller, entry: HostMetric, lease: number | null): Promise<{ run: RunInfo }> {
    const source = available(entry);
    if (source.kind === 'counter') {
      const { name, unit, labels } = entry.metric;
      const { run } = this.#parts.counters.start({ name, unit, labels, counter: source.counter }, lease);
      this.#metricOf.set(run.id, entry);
      return { run };
    }
    const outputs = entry.outputs === null ? {} : { outputs: sampledOutputs(entry) };
    const { query, params } = source;
    const run = await this.#startInEngine(caller, { query, params, metric: entry.metric.name, ...outputs }, lease);
    this.#metricOf.set(run.id, entry);
    return { run };
  }

  async #startInEngine(
    caller: Caller,
    request: { query: string; params?: readonly string[]; metric?: string; outputs?: readonly string[] },
    leaseSeconds: number | null,
  ): Promise<RunInfo> {
    const result = await this.#parts.engine.start({ ...request, leaseSeconds });
    if (!result.ok) throw queryInvalid(result.diagnostics.map((diagnostic) => toMessage(request.query, diagnostic)));
    if (result.fresh) this.#parts.audit.started(caller, result.run);
    return result.run;
  }

  #refuseTooMany(): void {
    const asked = this.#parts.engine.list().filter((run) => run.state === 'running' && run.leaseUntil !== null);
    if (asked.length >= (this.#parts.maxRuns ?? 64)) throw new ApiError('too-many-runs');
  }

  #answer(id: string, entry: HostMetric | null, request: QueryRequest): Answer {
    const range = {
      from: request.from,
      to: request.to,
      ...(request.step === undefined ? {} : { step: request.step }),
    };
    const counted = this.#parts.counters.answer(id, range);
    if (counted !== null) return counted;
    const answer = this.#parts.engine.answer(id, range, entry === null ? undefined : presentation(entry));
    if (entry === null) return withNotice(answer, queryMaps(answer.run.query).working);
    const shown = entry.outputs;
    const outputs = answer.outputs.filter((output) => shown === null || shown.includes(output.name));
    return { ...answer, outputs: outputs.map((output) => decodeKeys(output, entry)) };
  }
}

/** Says which maps are not in the answer, so that nobody looks for them. */
function withNotice(answer: Answer, working: readonly string[]): Answer {
  if (working.length === 0) return answer;
  const text = `${working.join(', ')}: working storage (stored, read and deleted by key), not shown`;
  return { ...answer, notices: [...answer.notices, { severity: 'info', code: 'working-storage', text }] };
}

function withoutWorking(query: string, answer: CheckAnswer): CheckAnswer {
  const { working } = queryMaps(query);
  return { ...answer, outputs: answer.outputs.filter(({ name }) => !working.includes(name)) };
}

/** What to sample: what is shown, and the sum that the export needs. */
function sampledOutputs(entry: HostMetric): readonly string[] {
  const sum = entry.export?.sum;
  return [...(entry.outputs ?? []), ...(sum === undefined ? [] : [sum])];
}

function presentation(entry: HostMetric): Presentation {
  return { labels: entry.metric.labels, unit: entry.metric.unit };
}

function available(entry: HostMetric): NonNullable<HostMetric['source']> {
  if (entry.source !== null) return entry.source;
  throw new ApiError('metric-unavailable', `${entry.metric.title} is not available here: ${entry.metric.unavailable}`);
}

function endOf(text: string): { endLine: number; endColumn: number } {
  const lines = text.split('\n');
  return { endLine: lines.length, endColumn: (lines.at(-1)?.length ?? 0) + 1 };
}

/** Series keys by the catalog's decoders: numbers become names. */
function decodeKeys(output: Output, entry: HostMetric): Output {
  if (entry.decoders.every((decoder) => decoder === null)) return output;
  if (output.kind === 'events') {
    const rows = output.rows.map((row) => ({
      ...row,
      values: row.values.map((value, column) => {
        const decode = entry.decoders[column];
        return decode && value !== null ? decode(value) : value;
      }),
    }));
    const columns = output.columns.map((column, index) =>
      entry.decoders[index] ? { ...column, type: 'string' as const } : column,
    );
    return { ...output, columns, rows: rows.map(stringsWhereDecoded(entry)) };
  }
  const keys = output.keys.map((column, index) =>
    entry.decoders[index] ? { ...column, type: 'string' as const } : column,
  );
  const decodeKey = (key: Key): Key =>
    key.map((part, index) => {
      const decode = entry.decoders[index];
      return decode && !Array.isArray(part) ? String(decode(part)) : part;
    });
  if (output.kind === 'histogram')
    return { ...output, keys, series: output.series.map((series) => ({ ...series, key: decodeKey(series.key) })) };
  return { ...output, keys, series: output.series.map((series) => ({ ...series, key: decodeKey(series.key) })) };
}

/** A decoded column is text all the way down, also where a value had no name. */
function stringsWhereDecoded(entry: HostMetric) {
  return <Row extends { values: (number | string | boolean | null)[] }>(row: Row): Row => ({
    ...row,
    values: row.values.map((value, index) => (entry.decoders[index] && value !== null ? String(value) : value)),
  });
}
