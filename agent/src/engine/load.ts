/** Brings a compiled query into the kernel: maps, then programs. All or nothing. */
import { BpfMap } from '@bpfscope/native/map';
import { openModuleBtf, openProgram, patchMaps, Program, verifiesQuickly, VerifierError } from '@bpfscope/native/prog';
import { Scope, type Closeable, type FileDescriptor } from '@bpfscope/native/sys';
import { MapType } from '@bpfscope/native/uapi';
import type { CompiledQuery, ProgramSpec } from '../compiler/program.ts';
import { explainVerifier } from '../compiler/verifier-message.ts';
import type { Action } from '../language/action.ts';
import type { Diagnostic, Span } from '../language/diagnostic.ts';
import { attachRefusal, missingFeature } from './attach-refusal.ts';
import { UnwindProcesses } from './unwind-processes.ts';

/** The kernel refused the query; what is wrong is the query's (or our compiler's) fault and has a place in it. */
export class QueryRefused extends Error {
  readonly diagnostics: readonly Diagnostic[];
  /** The verifier's; '' when it never ran. */
  readonly log: string;

  constructor(diagnostics: readonly Diagnostic[], log = '') {
    super(diagnostics[0]?.message ?? 'the kernel refused the query');
    this.name = 'QueryRefused';
    this.diagnostics = diagnostics;
    this.log = log;
  }
}

/** Whoever has it closes it, in any case. */
export interface LoadedQuery extends Closeable {
  readonly query: CompiledQuery;
  readonly maps: readonly BpfMap[];
  /** In the order of query.programs. */
  readonly programs: readonly Program[];
  /** Bytes of the event ring, of all CPUs together. */
  readonly ringBytes: number;
  /** What is closed with it, before it. */
  readonly scope: Scope;
  /** Milliseconds that it took. */
  readonly loadMs: number;
  /** What user stacks are walked by; absent: none are. */
  readonly unwind?: UnwindProcesses;
}

/** Actions that come one at a time: errors, which programs count and limit, and what a timer does. */
const RARE: ReadonlySet<Action['kind']> = new Set(['runtime-error', 'exit', 'print-map', 'clear', 'zero', 'time']);
const RARE_RING_BYTES = 64 << 10;

/**
 * Bytes of the event ring. It is kernel memory, held as long as the query runs: a query that only aggregates gets a
 * small one. What its config says is done.
 */
function ringBytes(query: CompiledQuery, most: number): number {
  const compiled = query.ringBytes ?? most;
  if (query.config.perf_rb_pages !== null) return compiled;
  const rare = query.actions.every(({ action }) => RARE.has(action.kind));
  return Math.min(compiled, rare ? RARE_RING_BYTES : most);
}

const DEFAULT_RING_BYTES = 16 << 20;

export interface LoadOptions {
  /** Of the event ring at most, a power of two; default 16 MiB. */
  readonly mostRingBytes?: number;
  /** The query is about this process and its children. */
  readonly pid?: number | null;
  /** Keep the verifier's log of every program. */
  readonly verifierLog?: boolean;
}

/**
 * The verifier may look at a program for seconds: such ones load beside the event loop, the others at once, because on a
 * busy host waking another thread and coming back takes longer than they do. Throws QueryRefused when the verifier
 * refuses, SyscallError or VerifierError when the kernel will not have it.
 */
export async function loadQuery(query: CompiledQuery, options: LoadOptions = {}): Promise<LoadedQuery> {
  const started = performance.now();
  const scope = new Scope();
  try {
    const bytes = ringBytes(query, options.mostRingBytes ?? DEFAULT_RING_BYTES);
    const maps = query.maps.map((spec) =>
      scope.add(BpfMap.create(spec.type === MapType.BPF_MAP_TYPE_RINGBUF ? { ...spec, maxEntries: bytes } : spec)),
    );
    const programs: Program[] = [];
    for (const spec of query.programs) programs.push(scope.add(await loadProgram(query, spec, maps, options)));
    let unwind: UnwindProcesses | undefined;
    if (query.unwind !== undefined && query.unwind !== null) {
      unwind = new UnwindProcesses(query.unwind, maps, options.pid ?? null);
      scope.add(unwind);
      await unwind.start();
    }
    return {
      query,
      maps,
      programs,
      scope,
      ringBytes: bytes,
      loadMs: performance.now() - started,
      ...(unwind === undefined ? {} : { unwind }),
      close: () => scope.close(),
    };
  } catch (error) {
    scope.close();
    throw error;
  }
}

async function loadProgram(
  query: CompiledQuery,
  spec: ProgramSpec,
  maps: readonly BpfMap[],
  { verifierLog = false }: LoadOptions,
): Promise<Program> {
  const holder = holderOf(query, spec);
  try {
    const wanted = {
      name: spec.name,
      type: spec.type,
      expectedAttachType: spec.expectedAttachType,
      attachBtfId: spec.attachBtfId,
      attachTo: holder === null ? null : { fd: holder },
      flags: spec.flags,
      instructions: patchMaps(spec.instructions, spec.references, maps),
      btf: spec.btf ?? null,
      license: query.config.license,
    };
    const log = { logLevel: verifierLog ? 2 : 0 };
    return verifiesQuickly(spec.instructions) ? Program.load(wanted, log) : await Program.loadInBackground(wanted, log);
  } catch (error) {
    if (!(error instanceof VerifierError)) throw error;
    if (error.log !== '') throw new QueryRefused([refusal(query, spec, error)], error.log);
    // Without a log the verifier never ran: permission, memory, limits, or a kind of probe that this kernel lacks.
    const probe = spec.probes.find(({ site }) => missingFeature(site.kind) !== null);
    if (probe !== undefined) throw new QueryRefused([attachRefusal(query, probe, error, 'error')]);
    throw error;
  } finally {
    holder?.close();
  }
}

/** What has the function that a program attaches to by a BTF id: a module or a BPF program; null: the kernel itself. */
function holderOf(query: CompiledQuery, spec: ProgramSpec): FileDescriptor | null {
  const [probe] = spec.probes;
  if (spec.attachBtfId === null || probe === undefined) return null;
  const { site } = probe;
  let open: () => FileDescriptor | null;
  if (site.kind === 'fentry' && site.bpfProgram !== null) {
    const { id } = site.bpfProgram;
    open = () => openProgram(id);
  } else if ((site.kind === 'fentry' || site.kind === 'rawtracepoint') && !['', 'vmlinux'].includes(site.module)) {
    const { module } = site;
    open = () => openModuleBtf(module);
  } else return null;
  const holder = open();
  if (holder === null) throw new QueryRefused([attachRefusal(query, probe, new Error('it is gone'), 'error')]);
  return holder;
}

function refusal(query: CompiledQuery, spec: ProgramSpec, error: VerifierError): Diagnostic {
  const probe = spec.probes[0]?.name ?? spec.name;
  const { message, hint } = explainVerifier(error.reason, error.log);
  const diagnostic: Diagnostic = {
    code: 'verifier',
    severity: 'error',
    span: spanOf(spec, error.instruction) ?? wholeProbe(spec) ?? { start: 0, end: query.source.length },
    message: `${probe}: ${message}`,
    hint,
  };
  return query.sources?.locate(diagnostic) ?? diagnostic;
}

function wholeProbe({ lines }: ProgramSpec): Span | null {
  if (lines.length === 0) return null;
  const start = Math.min(...lines.map(({ span }) => span.start));
  return { start, end: Math.max(...lines.map(({ span }) => span.end)) };
}

function spanOf(spec: ProgramSpec, instruction: number | null): Span | null {
  if (instruction === null) return null;
  let span: Span | null = null;
  for (const line of spec.lines) {
    if (line.instruction > instruction) break;
    span = line.span;
  }
  return span;
}
