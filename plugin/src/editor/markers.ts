/** Diagnostics as Monaco markers. */
import type { DiagnosticMessage } from '@bpfscope/agent/protocol';

/** Monaco's MarkerSeverity; its values are fixed, and importing Monaco for them would bundle it. */
const SEVERITY = { error: 8, warning: 4, info: 2 } as const;

export interface Marker {
  severity: 8 | 4 | 2;
  code: string;
  message: string;
  source: string;
  startLineNumber: number;
  startColumn: number;
  endLineNumber: number;
  endColumn: number;
}

/** An empty span (at the end of the text) is widened to one column, else nobody would see it. */
export function toMarkers(diagnostics: readonly DiagnosticMessage[]): Marker[] {
  return diagnostics.map((one) => {
    const empty = one.line === one.endLine && one.endColumn <= one.column;
    return {
      severity: SEVERITY[one.severity],
      code: one.code,
      message: one.hint === undefined ? one.message : `${one.message}\n${one.hint}`,
      source: 'bpfscope',
      startLineNumber: one.line,
      startColumn: empty ? Math.max(1, one.column - 1) : one.column,
      endLineNumber: one.endLine,
      endColumn: empty ? Math.max(1, one.column - 1) + 1 : one.endColumn,
    };
  });
}
