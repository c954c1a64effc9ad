/** A diagnostic with the lines and columns that editors and the HTTP API speak of. */
import type { Diagnostic, Severity } from './diagnostic.ts';
import type { LineMap } from './line-map.ts';

export interface LocatedDiagnostic {
  code: string;
  severity: Severity;
  /** UTF-16 offsets, half-open. */
  start: number;
  end: number;
  /** 1-based; the end is exclusive. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  message: string;
  hint?: string;
}

export function locate(lines: LineMap, { code, severity, span, message, hint }: Diagnostic): LocatedDiagnostic {
  const start = lines.position(span.start);
  const end = lines.position(Math.max(span.start, span.end));
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
    ...(hint === undefined ? {} : { hint }),
  };
}
