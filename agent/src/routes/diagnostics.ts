/** Spans to lines and columns, and a refused query to one clear sentence. */
import type { Diagnostic } from '../language/diagnostic.ts';
import type { DiagnosticMessage } from '../protocol/index.ts';
import { ApiError } from './errors.ts';

function position(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

export function toMessage(source: string, diagnostic: Diagnostic): DiagnosticMessage {
  const { code, severity, span, message, hint } = diagnostic;
  const end = position(source, span.end);
  return {
    code,
    severity,
    start: span.start,
    end: span.end,
    ...position(source, span.start),
    endLine: end.line,
    endColumn: end.column,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** 422 with everything that is wrong; the message is the first error with its place. */
export function queryInvalid(diagnostics: readonly DiagnosticMessage[]): ApiError {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  const first = errors[0];
  if (first === undefined) return new ApiError('query-invalid', undefined, { diagnostics });
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new ApiError('query-invalid', `${first.line}:${first.column}: ${first.message}${more}`, {
    hint: first.hint,
    diagnostics,
  });
}
