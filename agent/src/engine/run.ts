/** A query that collects: a session, sampled every step into a bounded history, answered from there. */
import type { RingPoller } from '@bpfscope/native/ringbuf';
import type { CompiledQuery, UserMap } from '../compiler/program.ts';
import type { Datum } from '../decode/datum.ts';
import { cellDatum, type MapEntry } from '../decode/map-view.ts';
import type { Answer, Loss, Notice, Output, RunInfo } from '../protocol/index.ts';
import { Accumulator, type Behaviour, type StepDeltas } from './accumulator.ts';
import { Events, eventOutput } from './events.ts';
import { addLoss, History, NO_LOSS } from './history.ts';
import { KeyTable } from './key-table.ts';
import { StackReport } from './stack-report.ts';
import { liveNames } from './live-names.ts';
import type { LoadedQuery } from './load.ts';
import type { Symbols } from './symbols.ts';
import { missedRunsText } from './missed-runs.ts';
import { mapOutput, mergeSteps, MOST_SERIES, weightOf, type Point } from './map-output.ts';
import type { AnswerRange, Presentation, StartRequest } from './port.ts';
import { Session } from './session.ts';
import { SILENT, type Sink } from './sink.ts';
import { answerStep, stepEnd, stepEnds } from './steps.ts';

export interface RunOptions {
  readonly id: string;
  readonly hash: string;
  readonly request: StartRequest;
  readonly compileMs: number;
  /** The kernel counts and times program runs. */
  readonly measured: boolean;
  readonly stepMs: number;
  readonly historySeconds: number;
  readonly historyBytes: number;
  readonly poller: RingPoller;
  readonly symbols: Symbols;
  /** The query ended by itself (exit(), or nothing left to run). */
  readonly onEnd: () => void;
}

interface ProgramTime {
  readonly runs: number;
  readonly nanoseconds: number;
}

/** A map that is sampled. */
interface Sampled {
  readonly index: number;
  readonly map: UserMap;
  readonly keys: KeyTable;
  readonly accumulator: Accumulator;
  /** Readings reset it, so that the next one is the next step's own. */
  readonly resets: boolean;
}

/** More points than a screen has, or a client can use. */
const MOST_POINTS = 11_000;
/** No sample is later than this. */
const LATEST_MS = 60_000;
/** Runs are many: each may hold so much of the kernel's memory for events. */
export const RUN_RING_BYTES = 4 << 20;
/** Keys are looked through for dead ones when so many are known. */
const MANY_KEYS = 8192;

export class Run {
  readonly id: string;
  readonly hash: string;
  readonly startedAt = Date.now();
  /** Unix milliseconds; null: never expires. */
  leaseUntil: number | null = null;
  /** What an answer renews it by. */
  leaseSeconds = 0;
  permanent = false;
  metric: string | null;
  state: RunInfo['state'] = 'running';
  /** Why a run is not running any more; null when it is, or ended as it should. */
  endReason: string | null = null;

  readonly #options: RunOptions;
  readonly #query: CompiledQuery;
  readonly #session: Session;
  readonly #sampled: readonly Sampled[];
  readonly #events: Events;
  readonly #history: History;
  readonly #listeners = new Set<() => void>();
  #lastLoss: Loss = NO_LOSS;
  #finalLoss: Loss | null = null;
  #finalTime: ProgramTime | null = null;
  #stacksLost = 0;
  #probeNames: readonly string[];

  /** Attaches; throws what Session throws, and then nothing stays, of what was loaded either. */
  constructor(loaded: LoadedQuery, options: RunOptions) {
    const { query } = loaded;
    this.id = options.id;
    this.hash = options.hash;
    this.metric = options.request.metric ?? null;
    this.#options = options;
    this.#query = query;
    this.#events = new Events(query);
    this.#history = new History(options.historySeconds * 1000, options.historyBytes);
    this.#session = new Session(loaded, {
      sink: this.#sink(),
      poller: options.poller,
      processes: options.symbols,
      names: (compiled, maps) => liveNames(compiled, maps, options.symbols),
    });
    this.#session.onExit = () => setImmediate(() => this.end('ended', null));
    const wanted = options.request.outputs;
    this.#sampled = query.userMaps.flatMap((map, index) =>
      wanted === undefined || wanted.includes(map.name) ? [this.#sample(map, index)] : [],
    );
    this.#session.start();
    this.#probeNames = query.programs.flatMap(({ probes }) => probes.map(({ name }) => name));
    if (this.#session.endsByItself) setImmediate(() => this.end('ended', null));
  }

  get hasSample(): boolean {
    return this.#history.latest !== null || this.state !== 'running';
  }

  /** What is remembered, about: steps and rows. */
  get heldBytes(): number {
    return this.#history.bytes + this.#events.bytes;
  }

  /** Forgets the oldest until so much is held. */
  shrink(bytes: number): void {
    // Rows first: steps are the exact numbers, and few.
    this.#events.shrink(Math.max(0, bytes - this.#history.bytes));
    this.#history.shrink(Math.max(0, bytes - this.#events.bytes));
  }

  /** Called after every sample. */
  onSample(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the step that ends at `time` (a multiple of the step). */
  sample(time: number): void {
    const last = this.#history.latest;
    if (this.state !== 'running' || (last !== null && time <= last.time)) return;
    this.#session.followCpus();
    this.#session.drain();
    // Handling what waited may have ended the run, with its own last step.
    if (this.state !== 'running') return;
    this.#collect();
    this.#pushStep(time);
    for (const listener of this.#listeners) listener();
  }

  #collect(): void {
    for (const { index, accumulator, resets } of this.#sampled) {
      const reader = this.#session.readers[index];
      if (reader === undefined) continue;
      accumulator.collect(resets ? reader.clear(false) : reader.read());
    }
  }

  #pushStep(time: number): void {
    const loss = this.loss();
    const maps = this.#sampled.map(({ accumulator }) => accumulator.flush());
    const stacks = maps.reduce((sum, deltas, position) => sum + this.#lostStacks(deltas, position), 0);
    this.#stacksLost += stacks;
    const lost = { ...addLoss(loss, negative(this.#lastLoss)), stacks };
    this.#lastLoss = loss;
    this.#history.push({ time, maps, lost });
    this.#sampled.forEach(({ keys, accumulator }, position) => {
      if (keys.size < MANY_KEYS) return;
      const used = this.#history.usedKeys(position);
      accumulator.retain(used);
      keys.retain(used);
    });
  }

  /** How much a step counted for stacks that the kernel could not store. */
  #lostStacks(deltas: StepDeltas, position: number): number {
    const keys = this.#sampled[position]?.keys;
    if (keys === undefined || !keys.hasStacks) return 0;
    let lost = 0;
    for (const [id, delta] of deltas) {
      if (keys.parts(id).some(isLostStack)) lost += weightOf(delta);
    }
    return lost;
  }

  /** Detaches; a last, shorter step keeps what came since the last one. */
  end(state: 'ended' | 'failed', reason: string | null): void {
    if (this.state !== 'running') return;
    this.state = state;
    this.endReason = reason;
    try {
      this.#session.finish({ inBackground: true });
      this.#collect();
      this.#pushStep(Math.max(stepEnd(Date.now(), this.#options.stepMs), (this.#history.latest?.time ?? 0) + 1));
      this.#finalLoss = this.loss();
      if (this.#options.measured) this.#finalTime = this.#programTime();
    } finally {
      this.#finalTime ??= { runs: 0, nanoseconds: 0 };
      this.#session.close();
    }
    this.#options.onEnd();
    for (const listener of this.#listeners) listener();
  }

  /** Counted since the start. */
  loss(): Loss {
    if (this.#finalLoss !== null) return this.#finalLoss;
    return { ...this.#session.loss(), stacks: this.#stacksLost };
  }

  info(): RunInfo {
    const { cost, probes } = this.#cost();
    return {
      id: this.id,
      hash: this.hash,
      query: this.#options.request.query,
      metric: this.metric,
      state: this.state,
      startedAt: this.startedAt,
      leaseUntil: this.leaseUntil,
      probes,
      programs: this.#query.programs.length,
      cost,
      lost: this.loss(),
    };
  }

  #cost(): Pick<RunInfo, 'cost' | 'probes'> {
    const { loadMs, attachMs } = this.#session;
    const time = this.#options.measured ? this.#programTime() : null;
    return {
      probes: this.#probeNames.slice(0, 100),
      cost: {
        runs: time?.runs ?? null,
        nanoseconds: time?.nanoseconds ?? null,
        compileMs: this.#options.compileMs,
        loadMs,
        attachMs,
      },
    };
  }

  /** Runs and nanoseconds of all programs since they were loaded, as counted by the kernel. */
  #programTime(): ProgramTime {
    if (this.#finalTime !== null) return this.#finalTime;
    let runs = 0;
    let nanoseconds = 0;
    for (const program of this.#session.programs) {
      const info = program.info();
      runs += Number(info.runCount);
      nanoseconds += Number(info.runTimeNs);
    }
    return { runs, nanoseconds };
  }

  answer(range: AnswerRange, presentation: Presentation): Answer {
    const wanted = Math.max(range.step ?? 0, (range.to - range.from) / MOST_POINTS);
    const step = answerStep(wanted, this.#options.stepMs);
    const points = this.#points(stepEnds(range.from, range.to, step), step);
    const notices: Notice[] = [];
    const outputs = this.#outputs(points.maps, presentation, notices);
    for (const table of this.#events.tables) {
      outputs.push(eventOutput(table, range.from, range.to, presentation.unit ?? null));
    }
    notices.push(...this.#notices(points.lost, range.from), ...this.#stackNotices(points.maps));
    return { run: this.info(), step, outputs, lost: points.lost, notices };
  }

  /** The outputs of the last step alone. */
  latest(presentation: Presentation): readonly Output[] {
    const step = this.#history.latest;
    if (step === null) return [];
    const maps = step.maps.map((deltas) => [{ time: step.time, deltas }]);
    const since = this.#before(step.time);
    return [
      ...this.#outputs(maps, presentation, []),
      ...this.#events.tables.map((table) => eventOutput(table, since, step.time, presentation.unit ?? null)),
    ];
  }

  /** When the step before the one that ends at `time` ended: a late sample may have swallowed some. */
  #before(time: number): number {
    let before = this.startedAt - 1;
    for (const step of this.#history.range(time - LATEST_MS, time - 1)) before = step.time;
    return before;
  }

  /** Everything since the start, read now. */
  totals(presentation: Presentation): readonly Output[] {
    if (this.state === 'running') {
      this.#session.drain();
      if (this.state === 'running') this.#collect();
    }
    const time = Date.now();
    const maps = this.#sampled.map(({ accumulator }) => [{ time, deltas: accumulator.totals }]);
    return this.#outputs(maps, presentation, []);
  }

  #outputs(maps: readonly (readonly Point[])[], presentation: Presentation, notices: Notice[]): Output[] {
    return this.#sampled.map(({ map, keys }, position) => {
      const { output, cut } = mapOutput(maps[position] ?? [], {
        map,
        keys,
        source: this.#query.source,
        labels: presentation.labels,
        unit: presentation.unit ?? null,
      });
      if (cut > 0) {
        const text = `${map.name} has ${cut} more series; the ${MOST_SERIES} largest are shown`;
        notices.push({ severity: 'warning', code: 'series-cut', text });
      }
      return output;
    });
  }

  /** For each sampled map the points of the wanted steps; a point without any collected step is null. */
  #points(ends: readonly number[], step: number): { maps: Point[][]; lost: Loss } {
    const groups = new Map<number, { steps: StepDeltas[][] }>();
    let lost = NO_LOSS;
    const first = ends[0];
    const last = ends[ends.length - 1];
    if (first !== undefined && last !== undefined) {
      for (const { time, maps, lost: stepLost } of this.#history.range(first - step, last)) {
        const end = stepEnd(time, step);
        const group = groups.get(end) ?? { steps: maps.map(() => []) };
        maps.forEach((deltas, position) => group.steps[position]?.push(deltas));
        groups.set(end, group);
        lost = addLoss(lost, stepLost);
      }
    }
    const maps = this.#sampled.map((_, position) =>
      ends.map((time) => {
        const steps = groups.get(time)?.steps[position];
        return { time, deltas: steps === undefined ? null : mergeSteps(steps) };
      }),
    );
    return { maps, lost };
  }

  /** Samples of the answer whose stacks say little: they are shown, with what would mend them. */
  #stackNotices(maps: readonly (readonly Point[])[]): Notice[] {
    const stacks = new StackReport();
    maps.forEach((points, position) => {
      const keys = this.#sampled[position]?.keys;
      if (keys === undefined || !keys.hasStacks) return;
      for (const { deltas } of points) {
        for (const [id, delta] of deltas ?? []) stacks.add(keys.parts(id), weightOf(delta));
      }
    });
    const notices = [...stacks.notices(), ...this.#session.stackNotices()];
    return notices.map(({ code, text, isInfo }) => ({ severity: isInfo === true ? 'info' : 'warning', code, text }));
  }

  #notices(lost: Loss, from: number): Notice[] {
    const notices: Notice[] = [];
    const warn = (code: string, text: string): void => void notices.push({ severity: 'warning', code, text });
    if (lost.events > 0) warn('events-lost', `${lost.events} events were lost: the ring buffer was full`);
    if (lost.mapUpdates > 0) warn('map-full', `${lost.mapUpdates} updates were refused: a map was full`);
    if (lost.missedRuns > 0) warn('runs-missed', missedRunsText(lost.missedRuns));
    if (this.#events.dropped > 0) warn('rows-dropped', `${this.#events.dropped} older rows are not kept`);
    if (this.#history.cutAt > from) warn('history-cut', 'older steps are not kept: they would take too much memory');
    if (this.endReason !== null) warn('run-ended', this.endReason);
    for (const { message } of this.#session.warnings) warn('probe-missing', message);
    for (const { text } of this.#session.unloadedModules()) warn('module-unloaded', text);
    for (const text of this.#session.cpuTexts) warn('cpu-online', text);
    return notices;
  }

  #sample(map: UserMap, index: number): Sampled {
    const keys = new KeyTable(map.key, this.#session.decode);
    const behaviour = this.#behaviour(map);
    return {
      index,
      map,
      keys,
      accumulator: new Accumulator(behaviour, keys),
      resets: behaviour.kind === 'extreme',
    };
  }

  #behaviour({ value }: UserMap): Behaviour {
    if (value.kind === 'aggregate') {
      const { of } = value;
      switch (of.kind) {
        case 'min':
        case 'max':
          return { kind: 'extreme', low: of.kind === 'min' };
        case 'tseries':
          break;
        default:
          return { kind: 'cumulative', signed: 'signed' in of && of.signed };
      }
    }
    return {
      kind: 'gauge',
      datum: (cell) =>
        cell.kind === 'series'
          ? ([...cell.values.values()].at(-1) ?? null)
          : cellDatum(value, cell, 1, this.#session.decode),
    };
  }

  #sink(): Sink {
    const of = (map: number): Accumulator | undefined => this.#sampled.find(({ index }) => index === map)?.accumulator;
    const collect = (map: number, entries: readonly MapEntry[]): void => of(map)?.collect(entries);
    return {
      ...SILENT,
      print: (action, text, values, index) => {
        if (action.kind === 'printf') this.#events.print(index, values, text);
      },
      value: (value, _action, index) => this.#events.value(index, value),
      map: (map, entries) => {
        if (this.#sampled.find(({ index }) => index === map)?.resets === false) collect(map, entries);
      },
      emptied: (map, entries) => {
        collect(map, entries);
        of(map)?.cleared();
      },
    };
  }
}

function isLostStack(part: Datum): boolean {
  return (
    part !== null && typeof part === 'object' && 'kind' in part && part.kind === 'stack' && part.lost !== undefined
  );
}

function negative(loss: Loss): Loss {
  return {
    events: -loss.events,
    mapUpdates: -loss.mapUpdates,
    missedRuns: -loss.missedRuns,
    stacks: -loss.stacks,
  };
}
