/**
 * The checker: syntax tree to checked program. Pure; a mistake of the person who wrote the query is a diagnostic.
 *
 * Order: C types and definitions; config; attach points; then passes over all bodies until no type of a map or variable
 * changes. Only what the last pass found is kept.
 */
import type * as ast from '../ast.ts';
import { Diagnostics } from '../diagnostic.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { HirFunction, HirProbe, HirProgram } from '../hir.ts';
import type { Target } from '../target.ts';
import { isSpent, resolvePoints, searchBudget, tooManyProbes } from './attach/resolve.ts';
import { readConfig } from './config.ts';
import { collectDefinitions, declareMaps } from './definitions.ts';
import { Env } from './env.ts';
import { expression } from './expression.ts';
import { functionOf } from './function.ts';
import type { CheckOptions } from './options.ts';
import { PlaceFacts } from './place-facts.ts';
import { elaborateGroup, groupSites } from './probes.ts';
import type { ProbeGroup } from './probes.ts';
import { Scope } from './scope.ts';
import { ScriptTypes } from './script-types.ts';
import { Session, TooLarge } from './session.ts';
import { statements } from './statement.ts';
import { beginSuggestions } from './suggest.ts';
import { isUnknown } from './unknown.ts';

export interface CheckResult {
  /** null when there are errors, or when the host is not known. */
  readonly hir: HirProgram | null;
  readonly diagnostics: Diagnostic[];
}

/** Types that still change after so many passes depend on themselves; large programs get fewer passes. */
const MAX_PASSES = 64;
const MIN_PASSES = 8;
const MAX_TOTAL_NODES = 4_000_000;

export function check(program: ast.Program, source: string, target: Target, options: CheckOptions = {}): CheckResult {
  const diagnostics = new Diagnostics();
  try {
    return checkProgram(program, target, options, diagnostics);
  } catch (error) {
    // Only what nests too deeply for the JavaScript stack gets here; everything else is our own bug.
    if (!(error instanceof RangeError)) throw error;
    const span = { start: 0, end: Math.min(source.length, 1) };
    diagnostics.error('nesting-too-deep', span, 'The program is nested too deeply.');
    return { hir: null, diagnostics: diagnostics.list };
  }
}

function checkProgram(
  program: ast.Program,
  target: Target,
  options: CheckOptions,
  diagnostics: Diagnostics,
): CheckResult {
  beginSuggestions();
  const types = new ScriptTypes(target);
  const definitions = collectDefinitions(program, types, diagnostics);
  const config = readConfig(program.config, options.config ?? {}, diagnostics);
  const session = new Session(target, config, options, definitions, types, { expression, statements });
  declareMaps(program, session, diagnostics);
  const groups = resolveProbes(program, session, diagnostics);
  if (diagnostics.isFull) return { hir: null, diagnostics: diagnostics.list };
  const facts = new PlaceFacts(target, types);
  let probes: HirProbe[] = [];
  try {
    probes = infer(session, facts, groups);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { hir: null, diagnostics: [...diagnostics.list, ...session.diagnostics.list] };
  }
  if (session.changed) {
    const { name, span } = session.grown ?? { name: 'a map or variable', span: program.span };
    session.error(
      'recursive-type',
      span,
      `The type of ${name} depends on itself: it would grow with every assignment.`,
      'A text or tuple cannot be made of itself and more.',
    );
  }
  checkMaps(session);
  if (probes.length > config.max_bpf_progs) {
    session.error(
      'too-many-programs',
      program.span,
      `The query needs ${String(probes.length)} BPF programs, more than max_bpf_progs (${String(config.max_bpf_progs)}).`,
      'Use a narrower wildcard, or raise max_bpf_progs in the config block.',
    );
  }
  const list = [...diagnostics.list, ...session.diagnostics.list].sort((a, b) => a.span.start - b.span.start);
  const failed = list.some((one) => one.severity === 'error');
  return { hir: failed || session.blind ? null : build(session, probes), diagnostics: list };
}

/** Elaborates the program until its types are stable; the last pass's result. */
function infer(session: Session, facts: PlaceFacts, groups: readonly ProbeGroup[]): HirProbe[] {
  let probes: HirProbe[] = [];
  let nodes = 0;
  for (let pass = 0; pass < MAX_PASSES && (pass < MIN_PASSES || nodes < MAX_TOTAL_NODES); pass++) {
    session.beginPass();
    elaborateFunctions(session);
    probes = elaborateProbes(session, facts, groups);
    nodes += session.nodes;
    if (!session.changed) break;
  }
  return probes;
}

function resolveProbes(program: ast.Program, session: Session, diagnostics: Diagnostics): ProbeGroup[] {
  const { config, target, options } = session;
  const groups: ProbeGroup[] = [];
  let count = 0;
  let written = 0;
  let failed = false;
  let atLeast = '';
  const budget = searchBudget(config);
  for (const item of program.items) {
    if (item.kind !== 'probe') continue;
    if (diagnostics.isFull || count > config.max_probes || isSpent(budget)) {
      atLeast = 'at least ';
      break;
    }
    written++;
    const points = resolvePoints({ target, options, config, diagnostics, budget }, item.attachPoints);
    failed ||= points.includes(null);
    const resolved = points.filter((point) => point !== null);
    count += resolved.reduce((sum, point) => sum + point.probes.length, 0);
    const own = groupSites(session, item, groups.length, resolved);
    groups.push(...own.map((group, i) => ({ ...group, index: groups.length + i })));
  }
  if (count > config.max_probes) {
    tooManyProbes(diagnostics, program.span, `The query has ${atLeast}${String(count)} probes`, config);
    return [];
  }
  const iterators = groups.filter((group) => group.row.kind === 'iter');
  const [iterator] = iterators;
  if (iterator !== undefined && (groups.length > 1 || iterator.sites.length > 1)) {
    diagnostics.error('iter-alone', iterator.probe.span, 'An iter probe must be the only probe of the query.');
  }
  if (count === 0 && !session.blind && !failed && !diagnostics.hasErrors) {
    const message = written === 0 ? 'The query has no probes.' : 'None of the probes is there.';
    diagnostics.error('no-probes', program.span, message);
  }
  return groups;
}

function elaborateFunctions(session: Session): void {
  if (session.definitions.functions.size === 0) return;
  const place = {
    kind: 'function',
    returns: false,
    probe: null,
    sites: [],
    space: 'kernel',
    dependencies: new Set<never>(),
    args: null,
  } as const;
  const env = new Env({
    session,
    place,
    scope: new Scope(null),
    path: '',
    loops: [],
    prelude: null,
    returns: null,
    macros: [],
  });
  for (const def of session.definitions.functions.values()) functionOf(env, def);
}

function elaborateProbes(session: Session, facts: PlaceFacts, groups: readonly ProbeGroup[]): HirProbe[] {
  const probes: HirProbe[] = [];
  for (const group of groups) probes.push(...elaborateGroup(session, facts, group, probes.length));
  return probes;
}

/** Maps whose type nobody could find. */
function checkMaps(session: Session): void {
  if (session.blind || session.diagnostics.hasErrors) return;
  for (const state of session.maps.values()) {
    const used = session.hirMaps.has(state.name);
    if (used && (isUnknown(state.value) || (state.keyed === true && isUnknown(state.key)))) {
      session.error(
        'undefined-map',
        state.span,
        `The type of @${state.name} cannot be found: nothing with a known type is assigned to it.`,
      );
    }
  }
}

function build(session: Session, probes: readonly HirProbe[]): HirProgram {
  const functions = [...session.functions.values()].filter((fn): fn is HirFunction => fn !== null);
  const maps = session.allMaps();
  const { config, actions, types: structs } = session;
  const reportsReads = session.options.reportReads ?? false;
  return { config, maps, probes, functions, actions, structs, reportsReads };
}
