/** Syntax errors of a query, found by the language's own parser, which runs here in the browser. */
import { LineMap, parse } from '@bpfscope/agent/language';
import type { DiagnosticMessage } from '@bpfscope/agent/protocol';

/** In the shape of the agent's own diagnostics, so that the editor shows both alike. */
export function parseDiagnostics(source: string, params: readonly string[]): DiagnosticMessage[] {
  const { diagnostics } = parse(source, { positional: params });
  if (diagnostics.length === 0) return [];
  const lines = new LineMap(source);
  return diagnostics.map(({ code, severity, span, message, hint }) => {
    const start = lines.position(span.start);
    const end = lines.position(span.end);
    return {
      code,
      severity,
      start: span.start,
      end: span.end,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      message,
      ...(hint !== undefined && { hint }),
    };
  });
}
