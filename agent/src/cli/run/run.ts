/** `bpfscope run`: one query from its text to the last map printed. Resolves to the exit code. */
import { RingPoller } from '@bpfscope/native/ringbuf';
import { compile } from '../../compiler/index.ts';
import type { CompiledQuery } from '../../compiler/program.ts';
import { hostError } from '../../engine/host-error.ts';
import { hostTarget } from '../../engine/host-target.ts';
import { liveNames } from '../../engine/live-names.ts';
import { LiveSymbols } from '../../engine/symbols.ts';
import { missedRunsText } from '../../engine/missed-runs.ts';
import { loadQuery, QueryRefused, type LoadedQuery } from '../../engine/load.ts';
import { Session } from '../../engine/session.ts';
import { SILENT, type Sink } from '../../engine/sink.ts';
import type { Diagnostic } from '../../language/diagnostic.ts';
import { renderDiagnostics } from '../../language/render.ts';
import { Sources } from '../../language/sources.ts';
import { jsonPrinter } from '../output/json.ts';
import { ndjsonPrinter } from '../output/ndjson.ts';
import type { Printer, Streams } from '../output/printer.ts';
import { textPrinter } from '../output/text.ts';
import { TracedChild } from './child.ts';
import { StackWatch } from './stack-watch.ts';
import { configFromEnvironment } from './environment.ts';
import { UsageError } from '../usage-error.ts';
import type { OutputFormat, RunOptions } from './options.ts';
import { OutputFile } from './output-file.ts';
import { printingSink, printMap } from './printing-sink.ts';
import { readSource, type Source } from './source.ts';
import { printStages, printVerifier } from './stages.ts';
import { runTests, TestOutput } from './test-run.ts';
import { attaching, describeLoaded } from './verbose.ts';

const PRINTERS: Record<OutputFormat, (streams: Streams) => Printer> = {
  text: textPrinter,
  json: jsonPrinter,
  ndjson: ndjsonPrinter,
};

const LOSS_REPORT_MS = 1000;
const PROCESS_CHECK_MS = 100;

/**
 * What is asked of a command's mappings before it runs: USDT probes may leave out the binary, stacks are walked by its
 * tables.
 */
const OF_MAPPED = /\b(usdt|U):|\bdw_ustack\b/;

const err = (text: string): void => void process.stderr.write(text);

export async function runQuery(options: RunOptions): Promise<number> {
  const source = readSource(options);
  if (options.command !== null && options.pid !== null) throw new UsageError('Cannot use both -c and -p.');
  if (options.pid !== null && !isRunning(options.pid)) {
    throw new UsageError(`Failed to attach to pid: there is no process ${options.pid}`);
  }
  const child = options.command === null ? null : await TracedChild.start(options.command, OF_MAPPED.test(source.text));
  try {
    const query = compileSource(source, options, child?.pid ?? null);
    if (query === null) return 1;
    const { stages } = options;
    const verifierLog = stages.includes('verifier');
    if (stages.length > 0 && !verifierLog) return 0;
    const loaded = await loadQuery(query, { pid: options.pid ?? child?.pid ?? null, verifierLog });
    try {
      if (verifierLog) {
        process.stdout.write(printVerifier(stages, loaded));
        return 0;
      }
      if (options.verbose) err(describeLoaded(loaded));
      return await new QueryRun(loaded, source, options, child).run();
    } finally {
      loaded.close();
    }
  } catch (error) {
    if (!(error instanceof QueryRefused)) throw hostError(error);
    err(renderDiagnostics(error.diagnostics, source.text, source.name));
    if ((options.verbose || options.stages.includes('verifier')) && error.log !== '')
      err(`The verifier log: \n${error.log}\n`);
    return 1;
  } finally {
    child?.end();
  }
}

/** The probes of a query as they would be attached. */
export function listQueryProbes(options: RunOptions): number {
  const query = compileSource(readSource(options), options, null);
  for (const { name } of query?.programs.flatMap(({ probes }) => probes) ?? []) process.stdout.write(`${name}\n`);
  return query === null ? 1 : 0;
}

/** null: said what is wrong. */
function compileSource(source: Source, options: RunOptions, childPid: number | null): CompiledQuery | null {
  const environment = configFromEnvironment(process.env, (message) => err(`WARNING: ${message}\n`));
  const { query, diagnostics, stages } = compile(source.text, hostTarget(), {
    pid: options.pid,
    ...(childPid === null ? {} : { cpid: childPid }),
    positional: options.positional,
    named: options.named,
    unsafe: options.unsafe,
    pins: true,
    testProbes: options.testProbes,
    config: environment,
    quiet: !options.warnings,
    reportReads: options.helperErrors > 0,
    files: source.files,
    includes: source.includes,
  });
  const failed = hasErrors(diagnostics);
  const isShown = ({ severity }: Diagnostic): boolean =>
    severity === 'error' || (options.warnings && (severity === 'warning' || failed || options.verbose));
  const shown = diagnostics.filter(isShown);
  err(renderDiagnostics(shown, source.text, source.name));
  if (options.stages.length > 0) process.stdout.write(printStages(options.stages, stages));
  return failed ? null : query;
}

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

/** A query that is in the kernel, until it ends. */
class QueryRun {
  readonly #query: CompiledQuery;
  readonly #source: Source;
  readonly #options: RunOptions;
  readonly #child: TracedChild | null;
  readonly #output: OutputFile;
  readonly #printer: Printer;
  readonly #stacks: StackWatch;
  readonly #tests = new TestOutput();
  readonly #poller = new RingPoller();
  readonly #symbols = new LiveSymbols();
  readonly #session: Session;
  #end: () => void = () => undefined;
  #lost = 0;
  #failed = false;

  constructor(loaded: LoadedQuery, source: Source, options: RunOptions, child: TracedChild | null) {
    const { query } = loaded;
    this.#query = query;
    this.#source = source;
    this.#options = options;
    this.#child = child;
    this.#output = openOutput(options, () => this.#end());
    const out = this.#tests.held((text) => this.#output.write(text));
    this.#stacks = new StackWatch(PRINTERS[options.format]({ out, err: this.#tests.held(err) }));
    this.#printer = this.#tests.counting(this.#stacks.watched());
    this.#session = new Session(loaded, {
      poller: this.#poller,
      names: (compiled, maps) => liveNames(compiled, maps, this.#symbols),
      processes: this.#symbols,
      files: true,
      commands: options.unsafe,
      // Probes are attached to see whether they can be; what they say meanwhile is not asked for.
      sink: options.dryRun ? SILENT : this.#sink(source),
    });
  }

  #sink({ name, text }: Source): Sink {
    const query = this.#query;
    return {
      ...printingSink({
        printer: this.#printer,
        file: name,
        source: text,
        sources: query.sources ?? new Sources(text),
        warnings: this.#options.warnings,
        session: () => this.#session,
      }),
      emptied: (map) => this.#stacks.cleared(query.userMaps[map]?.name ?? ''),
    };
  }

  async run(): Promise<number> {
    const session = this.#session;
    const ended = new Promise<void>((resolve) => (this.#end = resolve));
    session.onExit = this.#end;
    const stop = this.#watchForTheEnd();
    try {
      if (this.#options.verbose) err(attaching(this.#query));
      session.start();
      err(renderDiagnostics(session.warnings, this.#source.text, this.#source.name));
      if (!this.#options.quiet) this.#printer.attached(session.attachedProbes);
      if (process.env['__BPFTRACE_NOTIFY_PROBES_ATTACHED'] === '1') {
        this.#output.write('__BPFTRACE_NOTIFY_PROBES_ATTACHED\n');
        this.#output.flush();
      }
      if (this.#child !== null) {
        // It stands still with what it has mapped so far.
        this.#symbols.capture(this.#child.pid);
        this.#child.go();
      }
      const tests = runTests(session, this.#tests, this.#printer);
      if (tests.some(({ passed }) => !passed)) this.#failed = true;
      if (session.exitRequest === null && tests.length === 0 && !this.#isOver()) await ended;
      this.#finish();
    } finally {
      stop();
      session.close();
      this.#output.close();
    }
    if (this.#output.failed) return 1;
    return session.exitRequest?.code ?? (this.#failed ? 1 : 0);
  }

  #isOver(): boolean {
    return this.#options.dryRun || (this.#session.endsByItself && this.#child === null);
  }

  /** Everything but exit() that ends a run. Returns how to stop watching. */
  #watchForTheEnd(): () => void {
    const end = (): void => this.#end();
    const print = (): void => void (this.#session.raise('SIGUSR1') || this.#printMaps());
    process.once('SIGINT', end).once('SIGTERM', end).on('SIGUSR1', print);
    const look = (): void => {
      this.#reportCpus();
      this.#session.drain();
      this.#reportLoss();
    };
    const timers = [setInterval(look, LOSS_REPORT_MS)];
    const { pid } = this.#options;
    if (pid !== null) timers.push(setInterval(() => isRunning(pid) || end(), PROCESS_CHECK_MS));
    if (this.#child !== null) this.#child.onEnd = end;
    return () => {
      process.off('SIGINT', end).off('SIGTERM', end).off('SIGUSR1', print);
      timers.forEach(clearInterval);
    };
  }

  #finish(): void {
    this.#session.finish();
    if (this.#session.benchmarks.length > 0) this.#printer.benchmarks(this.#session.benchmarks);
    this.#reportLoss();
    this.#reportMissed();
    this.#reportFullMaps();
    this.#reportUnloaded();
    this.#printer.end();
    if (this.#query.config.print_maps_on_exit && !this.#options.dryRun) this.#printMaps();
    if (this.#options.warnings) this.#stacks.report(this.#session.stackNotices());
  }

  #printMaps(): void {
    const names = this.#query.userMaps.map(({ name }, index) => ({ name, index }));
    names.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { index } of names) {
      const entries = this.#session.readers[index]?.read() ?? [];
      printMap({ printer: this.#printer, session: () => this.#session }, index, entries, { top: null, div: null });
    }
  }

  #reportLoss(): void {
    const { events } = this.#session.loss();
    if (events > this.#lost) this.#printer.lost(events - this.#lost);
    this.#lost = events;
  }

  /** Once, at the end: the kernel counts them, no event tells of them. */
  #reportMissed(): void {
    const { missedRuns } = this.#session.loss();
    if (missedRuns > 0 && this.#options.warnings) {
      this.#printer.notice('runs-missed', missedRunsText(missedRuns), missedRuns);
    }
  }

  #reportCpus(): void {
    for (const text of this.#session.followCpus()) {
      if (this.#options.warnings) this.#printer.notice('cpu-online', text, 0);
    }
  }

  #reportUnloaded(): void {
    if (!this.#options.warnings) return;
    for (const { text, probes } of this.#session.unloadedModules()) {
      this.#printer.notice('module-unloaded', text, probes);
    }
  }

  /** Once, at the end: a full map refuses every new key, and one line each would bury the output. */
  #reportFullMaps(): void {
    if (!this.#options.warnings) return;
    for (const [index, count] of this.#session.fullMaps()) {
      const name = this.#query.userMaps[index]?.name ?? '@';
      const message =
        `Map full; can't update element: ${name} refused ${count} update${count === 1 ? '' : 's'}. ` +
        `Try increasing max_map_keys config or manually setting the max entries in a map declaration e.g. \`let ${name} = hash(5000)\``;
      const place = { file: this.#source.name, line: 1, column: 1 };
      this.#printer.runtimeError(message, `WARNING: ${message}\n`, place, { helper: 'map_update_elem', code: -7 });
    }
  }
}

function openOutput({ output, buffering }: RunOptions, onClosed: () => void): OutputFile {
  try {
    return new OutputFile(output, buffering, onClosed);
  } catch (error) {
    throw new UsageError(`Failed to open output file: "${output}": ${error instanceof Error ? error.message : ''}`);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
