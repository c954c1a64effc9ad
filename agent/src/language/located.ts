/** A diagnostic with the lines and columns that editors and the HTTP API speak of. */
import type { Diagnostic, Severity } from './diagnostic.ts';
import { LineMap } from './line-map.ts';

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
  /** An included or imported file that the place is in; absent: the query's own text. */
  file?: string;
}

export function locate(lines: LineMap, { file, ...diagnostic }: Diagnostic): LocatedDiagnostic {
  if (file !== undefined)
    return { ...locate(new LineMap(file.text), { ...diagnostic, span: file.span }), file: file.name };
  const { code, severity, span, message, hint } = diagnostic;
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
