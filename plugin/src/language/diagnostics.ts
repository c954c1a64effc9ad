/** Syntax errors of a query, found by the language's own parser, which runs here in the browser. */
import { LineMap, locate, parse } from '@bpfscope/agent/language';
import type { DiagnosticMessage } from '@bpfscope/agent/protocol';

/** In the shape of the agent's own diagnostics, so that the editor shows both alike. */
export function parseDiagnostics(source: string, params: readonly string[]): DiagnosticMessage[] {
  const { diagnostics } = parse(source, { positional: params });
  if (diagnostics.length === 0) return [];
  const lines = new LineMap(source);
  return diagnostics.map((diagnostic) => locate(lines, diagnostic));
}
