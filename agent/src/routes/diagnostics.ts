/** Spans to lines and columns, and a refused query to one clear sentence. */
import type { Diagnostic } from '../language/diagnostic.ts';
import { LineMap } from '../language/line-map.ts';
import { locate } from '../language/located.ts';
import type { DiagnosticMessage } from '../protocol/index.ts';
import { ApiError } from './errors.ts';

export function toMessage(source: string, diagnostic: Diagnostic): DiagnosticMessage {
  return locate(new LineMap(source), diagnostic);
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
