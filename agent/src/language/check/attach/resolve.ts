/** Attach points as written to the places where programs are attached. */
import type * as ast from '../../ast.ts';
import type { ResolvedProbe } from '../../attach.ts';
import type { Config } from '../../config.ts';
import { hintText, MOST_DIAGNOSTICS } from '../../diagnostic.ts';
import type { Diagnostics, Hint, Span } from '../../diagnostic.ts';
import type { Target } from '../../target.ts';
import { providerNames, providerRow } from '../../tables/probes/index.ts';
import { adviceFor } from '../../tables/removed.ts';
import type { ProviderRow } from '../../tables/probes/index.ts';
import type { CheckOptions } from '../options.ts';
import { nearest } from '../suggest.ts';
import type { Resolver } from './context.ts';
import { FIXED_RESOLVERS } from './fixed.ts';
import { isGlob } from './glob.ts';
import { fentry, iter, kprobe, rawTracepoint, tracepoint } from './kernel.ts';
import { isTelling } from './name-search.ts';
import { uprobe, usdt } from './user.ts';

const RESOLVERS: Readonly<Record<string, Resolver>> = {
  ...FIXED_RESOLVERS,
  kprobe,
  kretprobe: kprobe,
  fentry,
  fexit: fentry,
  tracepoint,
  rawtracepoint: rawTracepoint,
  uprobe,
  uretprobe: uprobe,
  usdt,
  iter,
};

/** What may still be looked up for one query. */
export interface SearchBudget {
  names: number;
  /** Attach points that may be looked up: of those that are not there as many as of those that are. */
  points: number;
}

/** Half a second's work at most: thirty wildcards of which all functions of a kernel may be meant, or 400 that say more. */
export const searchBudget = ({ max_probes }: Config): SearchBudget => ({ names: 1_500_000, points: max_probes });

/** A wildcard that tells much is looked up in so small a part of the time that it takes to try all names. */
const SHARE = 16;

/** `?` is tried letter by letter. */
const SLOW = 8;

const KERNEL_NAMES: ReadonlySet<string> = new Set([
  ...['kprobe', 'kretprobe', 'fentry', 'fexit', 'tracepoint', 'rawtracepoint'],
]);

export const isSpent = ({ names, points }: SearchBudget): boolean => names < 0 || points < 0;

export interface AttachFacts {
  readonly target: Target;
  readonly options: CheckOptions;
  readonly config: Config;
  readonly diagnostics: Diagnostics;
  readonly budget: SearchBudget;
}

/** One attach point: its provider, and where it leads (nowhere when the host is not known, or after an error). */
export interface ResolvedPoint {
  readonly point: ast.AttachPoint;
  readonly row: ProviderRow;
  readonly probes: readonly ResolvedProbe[];
}

interface Missing {
  readonly point: ast.AttachPoint;
  readonly message: string;
  readonly hint: Hint;
}

const ALTERNATIVES = 'Where one of these probes is enough: config = { missing_probes = "warn" }';

/** The attach points of one probe; null after an error that leaves even the provider unknown. */
export function resolvePoints(facts: AttachFacts, points: readonly ast.AttachPoint[]): (ResolvedPoint | null)[] {
  const missing: Missing[] = [];
  const resolved: (ResolvedPoint | null)[] = [];
  const { max_probes, missing_probes } = facts.config;
  let count = 0;
  for (const point of points) {
    const enough = missing.length > MOST_DIAGNOSTICS && missing_probes === 'error';
    if (enough || facts.diagnostics.isFull || count > max_probes || isSpent(facts.budget)) break;
    if (--facts.budget.points < 0) {
      tooManyProbes(
        facts.diagnostics,
        point.span,
        `The query has at least ${String(max_probes + 1)} attach points`,
        facts.config,
      );
      break;
    }
    const one = resolvePoint(facts, point, missing);
    count += one?.probes.length ?? 0;
    resolved.push(one);
  }
  const others = resolved.some((one) => one !== null && one.probes.length > 0);
  for (const { point, message, hint } of missing) {
    reportMissing(facts, point, message, others ? () => withAlternatives(hint) : hint);
  }
  return resolved;
}

const withAlternatives = (hint: Hint): string => [hintText(hint), ALTERNATIVES].filter(Boolean).join(' ');

function resolvePoint(facts: AttachFacts, point: ast.AttachPoint, missing: Missing[]): ResolvedPoint | null {
  const { diagnostics, target, options, config } = facts;
  const [provider = '', ...parts] = point.parts;
  const row = providerRow(provider);
  if (row === null) {
    const hint =
      adviceFor(provider) ??
      nearest(provider, providerNames()) ??
      'Probe types are kprobe, tracepoint, uprobe, interval and others.';
    diagnostics.error('unknown-provider', point.span, `Invalid probe type: '${provider}'.`, hint);
    return null;
  }
  const resolver = RESOLVERS[row.name];
  if (resolver === undefined || (target.empty === true && row.hostDependent)) return { point, row, probes: [] };
  if (!maySearch(facts, point, row)) return null;
  const probes = resolver({
    target,
    options,
    row,
    point,
    parts,
    most: config.max_probes,
    tooMany: (count) => {
      tooManyProbes(diagnostics, point.span, `\`${point.parts.join(':')}\` stands for ${String(count)} probes`, config);
    },
    error: (code, message, hint) => {
      diagnostics.error(code, point.span, message, hint);
    },
    warning: (code, message, hint) => {
      if (options.quiet !== true) diagnostics.warning(code, point.span, message, hint);
    },
    missing: (message, hint) => {
      missing.push({ point, message, hint });
    },
  });
  return { point, row, probes };
}

/** Whether one wildcard more may be looked up; if not, reported. */
function maySearch({ budget, target, diagnostics }: AttachFacts, point: ast.AttachPoint, row: ProviderRow): boolean {
  const name = point.parts.at(-1) ?? '';
  if (!KERNEL_NAMES.has(row.name) || !point.parts.some(isGlob)) return true;
  const names = row.name.endsWith('tracepoint') ? target.tracepoints() : target.kernelFunctions();
  const each = name.includes('?') ? SLOW : 1;
  budget.names -= (names.length * each) / (isTelling(name) ? SHARE : 1);
  if (budget.names >= 0) return true;
  diagnostics.error(
    'too-many-probes',
    point.span,
    'The query has too many wildcards to look up.',
    'Use fewer, or write more of the names.',
  );
  return false;
}

export function tooManyProbes(diagnostics: Diagnostics, span: Span, what: string, { max_probes }: Config): void {
  diagnostics.error(
    'too-many-probes',
    span,
    `${what}, more than max_probes (${String(max_probes)}).`,
    'Use a narrower wildcard, or raise max_probes in the config block.',
  );
}

function reportMissing(facts: AttachFacts, point: ast.AttachPoint, message: string, hint: Hint): void {
  const { missing_probes: setting } = facts.config;
  if (setting === 'error') {
    facts.diagnostics.error('unknown-probe', point.span, message, hint);
  } else if (setting === 'warn' && facts.options.quiet !== true) {
    facts.diagnostics.warning('unknown-probe', point.span, message, hint);
  }
}
