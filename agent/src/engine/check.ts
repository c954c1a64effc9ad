/** The answer to "is this query right, and what would it do?" */
import type { CompiledQuery } from '../compiler/program.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { LineMap } from '../language/line-map.ts';
import { locate } from '../language/located.ts';
import type { CheckAnswer } from '../protocol/index.ts';
import { costClass } from './cost-class.ts';
import { outputKind } from './map-output.ts';

const MOST_PROBES = 100;

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

export function checkAnswer(
  source: string,
  { query, diagnostics }: { readonly query: CompiledQuery | null; readonly diagnostics: readonly Diagnostic[] },
): CheckAnswer {
  const lines = new LineMap(source);
  const probes = query?.programs.flatMap((program) => program.probes) ?? [];
  const ok = query !== null && !hasErrors(diagnostics);
  return {
    ok,
    diagnostics: diagnostics.map((diagnostic) => locate(lines, diagnostic)),
    probes: probes.slice(0, MOST_PROBES).map(({ name }) => name),
    probeCount: probes.length,
    cost: ok ? costClass(probes) : null,
    outputs: query?.userMaps.map((map) => ({ name: map.name, kind: outputKind(map.value) })) ?? [],
  };
}
