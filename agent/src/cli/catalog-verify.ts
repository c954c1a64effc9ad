/** `bpfscope catalog --verify`: brings every metric into this kernel once, and says which ones it refuses. */
import type { HostCatalog, HostMetric } from '../catalog/host-catalog.ts';
import { compile } from '../compiler/index.ts';
import { QueryRefused } from '../engine/load.ts';
import { LiveSymbols } from '../engine/symbols.ts';
import { attachOnce } from '../engine/trial.ts';
import type { Target } from '../language/target.ts';
import { renderDiagnostics } from '../language/render.ts';

/** Attached and detached again, or the words of the compiler or kernel. */
export interface Verdict {
  readonly name: string;
  readonly refusal: string | null;
}

/** One after the other, so that no two share a tracepoint; metrics that this host cannot run are left out. */
export async function* verifyCatalog(catalog: HostCatalog, target: Target): AsyncGenerator<Verdict> {
  const symbols = new LiveSymbols();
  for (const entry of catalog.all) {
    if (entry.source?.kind !== 'query') continue;
    yield { name: entry.metric.name, refusal: await refusalOf(entry, entry.source, target, symbols) };
  }
}

async function refusalOf(
  { metric }: HostMetric,
  { query: source, params }: { readonly query: string; readonly params: readonly string[] },
  target: Target,
  symbols: LiveSymbols,
): Promise<string | null> {
  const { query, diagnostics } = compile(source, target, { positional: params });
  if (query === null) return renderDiagnostics(diagnostics, source, metric.name);
  try {
    await attachOnce(query, symbols);
    return null;
  } catch (error) {
    if (error instanceof QueryRefused) return renderDiagnostics(error.diagnostics, source, metric.name);
    if (error instanceof Error) return `${error.message}\n`;
    throw error;
  }
}
