/** Why a probe could not be attached, in the words of `bpfscope doctor`, at its place in the query. */
import { featureLack, privilegeRefusal } from '@bpfscope/native/features';
import type { CompiledQuery } from '../compiler/program.ts';
import type { AttachKind, ResolvedProbe } from '../language/attach.ts';
import type { Diagnostic, Span } from '../language/diagnostic.ts';

/** `error`: what the kernel said, on loading or attaching. */
export function attachRefusal(
  query: CompiledQuery,
  probe: ResolvedProbe,
  error: Error,
  severity: Diagnostic['severity'],
): Diagnostic {
  const spec = query.programs.find(({ probes }) => probes.includes(probe));
  const first = spec?.lines[0]?.span ?? { start: 0, end: 0 };
  const { sources } = query;
  const span = headerSpan(query.source, sources?.origin(first).start ?? first.start);
  const lack = privilegeRefusal(error) ?? missingFeature(probe.site.kind);
  const message = `cannot attach ${probe.name}: ${lack?.reason ?? error.message}`;
  const hint = lack?.mend === undefined ? {} : { hint: lack.mend };
  const diagnostic: Diagnostic = { code: 'attach-failed', severity, span, message, ...hint };
  return sources?.locate(diagnostic) ?? diagnostic;
}

/** The attach points of the probe that a statement or predicate at `start` belongs to: the query's words for what failed. */
function headerSpan(source: string, start: number): Span {
  const inPredicate = source.lastIndexOf('}', start) >= source.lastIndexOf('{', start);
  const found = inPredicate ? source.indexOf('{', start) : source.lastIndexOf('{', start);
  const open = found < 0 ? source.length : found;
  const from = Math.max(source.lastIndexOf('}', open - 1), source.lastIndexOf(';', open - 1)) + 1;
  const header = source.slice(from, open);
  return { start: from + (header.length - header.trimStart().length), end: from + header.trimEnd().length };
}

/** What this kernel lacks for a kind of probe, in words; null when that is not the reason. */
export function missingFeature(kind: AttachKind): { readonly reason: string; readonly mend?: string } | null {
  const name = FEATURE_OF[kind];
  const lack = name === undefined ? null : featureLack(name);
  return lack === null
    ? null
    : { reason: `needs ${lack.words}`, ...(lack.mend === undefined ? {} : { mend: lack.mend }) };
}

/** What a kind of probe takes at least. */
export const FEATURE_OF: Readonly<Partial<Record<AttachKind, string>>> = {
  kprobe: 'kprobe',
  fentry: 'prog:tracing',
  uprobe: 'uprobe',
  usdt: 'uprobe',
  rawtracepoint: 'raw_tracepoint',
  iter: 'iter',
  profile: 'profile',
  interval: 'profile',
  hardware: 'hardware',
  watchpoint: 'watchpoint',
};
