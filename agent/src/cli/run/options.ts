/** bpftrace's command line: what each option means to us. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from '../usage-error.ts';
import { STAGES, stagesOf, type Stage } from './stages.ts';

export type OutputFormat = 'text' | 'json' | 'ndjson';
export const FORMATS: readonly OutputFormat[] = ['text', 'json', 'ndjson'];
export const BUFFERING = ['line', 'full', 'none'] as const;
/** When output is written: at the end of what one turn of the event loop brings, when much is waiting, or at once. */
export type Buffering = (typeof BUFFERING)[number];

export interface RunOptions {
  /** -e; null: the query is in `file`. */
  readonly expression: string | null;
  /** A path, or `-` for stdin. */
  readonly file: string | null;
  readonly positional: readonly string[];
  /** After `--`: `--name=value`, `--flag`. */
  readonly named: Readonly<Record<string, string>>;
  readonly format: OutputFormat;
  readonly output: string | null;
  readonly buffering: Buffering;
  readonly command: string | null;
  readonly pid: number | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** -k: report helper errors; -kk also those of reads. */
  readonly helperErrors: number;
  readonly warnings: boolean;
  readonly unsafe: boolean;
  readonly includes: readonly string[];
  readonly includeDirs: readonly string[];
  /** -l with a pattern ('' for everything); null: run. */
  readonly listing: string | null;
  readonly info: boolean;
  readonly dryRun: boolean;
  /** -d: what to print instead of running; empty: run. */
  readonly stages: readonly Stage[];
  readonly testProbes: readonly ('test' | 'bench')[];
  /** --no-feature: as native/features names them. */
  readonly without: readonly string[];
}

/** What commander collects. */
export interface Parsed {
  e?: string;
  f?: string;
  o?: string;
  B?: string;
  c?: string;
  p?: string;
  q?: boolean;
  v?: boolean;
  k?: number;
  warnings: boolean;
  unsafe?: boolean;
  include?: string[];
  I?: string[];
  l?: boolean;
  info?: boolean;
  dryRun?: boolean;
  d?: string[];
  test?: boolean;
  bench?: boolean;
  /** commander's: true when it is not given. */
  feature: true | string[];
}

/** Of an option that begins with --no: true before the first. */
const collectNo = (value: string, list: true | string[] = []): string[] => [...(list === true ? [] : list), value];

export const collect = (value: string, list: string[] = []): string[] => [...list, value];

/** Options of bpftrace that change nothing here: accepted so that scripts which pass them go on working. */
export const IGNORED: readonly (readonly [flags: string, why: string, told?: 'told'])[] = [
  ['--verify-llvm-ir', 'there is no LLVM'],
  ['--usdt-file-activation', 'the kernel counts who wants a probe'],
  ['--traceable-functions <file>', 'the kernel is asked'],
  ['--dwarf-pid <pid>', 'debugging information is found by itself'],
  ['--debuginfo-path <folder>', 'debugging information is found by itself'],
  // Who asks for a file is told that there will be none.
  ['--emit-elf <file>', 'programs are made in memory', 'told'],
  ['--emit-llvm <file>', 'there is no LLVM; -d ir and -d asm print what is made', 'told'],
  ['--aot <file>', 'programs are made in memory, in milliseconds', 'told'],
];

/** Those of bpftrace's that can be done without here; others have no counterpart. */
const FEATURES: readonly string[] = ['kprobe_multi', 'uprobe_multi', 'kprobe_session'];

/** `--no-feature kprobe_multi,uprobe_multi`. */
export const withoutFeatures = (given: readonly string[]): string[] =>
  given.flatMap((list) => list.split(',')).filter((name) => FEATURES.includes(name));

const nameOf = (flags: string): string => flags.replace(/ .*/, '');

/** What to say of options that were given and do not do what their name says. */
export function ignoredOptions(words: readonly string[]): string[] {
  const given = (name: string): boolean => words.some((word) => word === name || word.startsWith(`${name}=`));
  return IGNORED.flatMap(([flags, why, told]) =>
    told !== undefined && given(nameOf(flags)) ? [`${nameOf(flags)} is ignored: ${why}`] : [],
  );
}

/** Adds arguments and options to the `run` command. */
export function declareOptions(command: Command): Command {
  command
    .argument('[file-or-parameters...]', 'FILE (or - for stdin) unless -e is given, then parameters $1, $2, ...')
    .option('-e <program>', 'run this program')
    .option('-f <format>', `output format: ${FORMATS.join(', ')}`)
    .option('-o <file>', 'write the output to a file')
    .option('-B <mode>', `how output is collected before it is written: ${BUFFERING.join(', ')}`)
    .option('-c <command>', 'run a command, trace it ($1 cpid), end when it ends')
    .option('-p <pid>', 'only this process; end when it ends')
    .option('-q', 'do not say that probes are attached')
    .option('-v', 'more words')
    .option('-k', 'report errors of kernel helpers (-kk: of reads too)', (_value, before: number) => before + 1, 0)
    .option('--no-warnings', 'leave out warnings')
    .option('--unsafe', 'allow system(), signal(), override(), write_user() and probes at any address')
    .option('--include <file>', 'put #include <file> in front', collect)
    .option('-I <dir>', 'look for included files here', collect)
    .option('-l', 'list probes that match the pattern; with -v their arguments')
    .option('--info', 'say what this host can do')
    .option('--dry-run', 'end as soon as everything is attached')
    .option('-d <stages>', `print stages instead of running: ${STAGES.join(', ')}, all`, collect)
    .option('--test', 'run the test: probes')
    .option('--bench', 'run the bench: probes');
  command.option('--no-feature <features>', `do without these: ${FEATURES.join(', ')}`, collectNo);
  for (const [flags, why] of IGNORED) command.addOption(new Option(flags, why).hideHelp());
  return command;
}

export function readOptions(operands: readonly string[], parsed: Parsed): RunOptions {
  const plain = operands.filter((operand) => !operand.startsWith('--'));
  const listing = parsed.l === true;
  const takesFile = parsed.e === undefined && !listing && parsed.info !== true;
  return {
    expression: parsed.e ?? null,
    file: takesFile ? (plain[0] ?? null) : null,
    positional: takesFile ? plain.slice(1) : plain,
    named: namedParameters(operands.filter((operand) => operand.startsWith('--'))),
    format: oneOf(FORMATS, parsed.f ?? 'text', 'output format'),
    output: parsed.o ?? null,
    buffering: oneOf(BUFFERING, parsed.B ?? 'line', 'buffering mode'),
    command: parsed.c ?? null,
    pid: parsed.p === undefined ? null : pidOf(parsed.p),
    quiet: parsed.q ?? false,
    verbose: parsed.v ?? false,
    helperErrors: parsed.k ?? 0,
    warnings: parsed.warnings,
    unsafe: parsed.unsafe ?? false,
    includes: parsed.include ?? [],
    includeDirs: parsed.I ?? [],
    listing: listing ? (plain[0] ?? '') : null,
    info: parsed.info ?? false,
    dryRun: parsed.dryRun ?? false,
    stages: stagesOf(parsed.d ?? []),
    testProbes: (['test', 'bench'] as const).filter((kind) => parsed[kind] === true),
    without: parsed.feature === true ? [] : withoutFeatures(parsed.feature),
  };
}

export function oneOf<T extends string>(allowed: readonly T[], text: string, what: string): T {
  const found = allowed.find((candidate) => candidate === text);
  if (found === undefined) throw new UsageError(`Invalid ${what} "${text}". Valid: ${allowed.join(', ')}`);
  return found;
}

const LARGEST_PID = 4 * 1024 * 1024;

function pidOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`pid '${text}' is not a valid decimal number`);
  const pid = Number(text);
  if (pid < 1 || pid > LARGEST_PID) throw new UsageError(`pid '${text}' out of valid pid range [1,${LARGEST_PID}]`);
  return pid;
}

function namedParameters(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      return equals < 0 ? [word.slice(2), 'true'] : [word.slice(2, equals), word.slice(equals + 1)];
    }),
  );
}
