/** Why a probe could not be attached, in the words of `bpfscope doctor`, at its place in the query. */
import { privilegeRefusal, probe as probeFeature } from '@bpfscope/native/features';
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
  const why = privilegeRefusal(error)?.reason ?? missingFeature(probe.site.kind) ?? error.message;
  const message = `cannot attach ${probe.name}: ${why}`;
  const diagnostic: Diagnostic = { code: 'attach-failed', severity, span, message };
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
export function missingFeature(kind: AttachKind): string | null {
  const name = FEATURE_OF[kind];
  if (name === undefined) return null;
  const { available, title, reason } = probeFeature(name);
  return available ? null : `this host has no ${title}: ${reason ?? 'not available'}`;
}

const FEATURE_OF: Readonly<Partial<Record<AttachKind, string>>> = {
  kprobe: 'kprobe',
  fentry: 'prog:tracing',
  uprobe: 'uprobe',
};
