/** Attach points as written to the places where programs are attached. */
import type * as ast from '../../ast.ts';
import type { ResolvedProbe } from '../../attach.ts';
import type { Config } from '../../config.ts';
import { MOST_DIAGNOSTICS } from '../../diagnostic.ts';
import type { Diagnostics, Span } from '../../diagnostic.ts';
import type { Target } from '../../target.ts';
import { providerNames, providerRow } from '../../tables/probes/index.ts';
import { adviceFor } from '../../tables/removed.ts';
import type { ProviderRow } from '../../tables/probes/index.ts';
import type { CheckOptions } from '../options.ts';
import { nearest } from '../suggest.ts';
import type { Resolver } from './context.ts';
import { FIXED_RESOLVERS } from './fixed.ts';
import { fentry, iter, kprobe, rawTracepoint, tracepoint } from './kernel.ts';
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

export interface AttachFacts {
  readonly target: Target;
  readonly options: CheckOptions;
  readonly config: Config;
  readonly diagnostics: Diagnostics;
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
  readonly hint: string | undefined;
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
    if (enough || facts.diagnostics.isFull || count > max_probes) break;
    const one = resolvePoint(facts, point, missing);
    count += one?.probes.length ?? 0;
    resolved.push(one);
  }
  const others = resolved.some((one) => one !== null && one.probes.length > 0);
  for (const { point, message, hint } of missing) {
    reportMissing(facts, point, message, others ? [hint, ALTERNATIVES].filter(Boolean).join(' ') : hint);
  }
  return resolved;
}

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

export function tooManyProbes(diagnostics: Diagnostics, span: Span, what: string, { max_probes }: Config): void {
  diagnostics.error(
    'too-many-probes',
    span,
    `${what}, more than max_probes (${String(max_probes)}).`,
    'Use a narrower wildcard, or raise max_probes in the config block.',
  );
}

function reportMissing(facts: AttachFacts, point: ast.AttachPoint, message: string, hint: string | undefined): void {
  const { missing_probes: setting } = facts.config;
  if (setting === 'error') {
    facts.diagnostics.error('unknown-probe', point.span, message, hint);
  } else if (setting === 'warn' && facts.options.quiet !== true) {
    facts.diagnostics.warning('unknown-probe', point.span, message, hint);
  }
}
