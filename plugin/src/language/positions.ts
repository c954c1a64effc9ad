/** Offsets of the language service and positions of Monaco. */
import type { LineMap, Span } from '@bpfscope/agent/language';
import type { monacoTypes } from '@grafana/ui';

export function rangeOf(lines: LineMap, { start, end }: Span): monacoTypes.IRange {
  const from = lines.position(start);
  const to = lines.position(end);
  return { startLineNumber: from.line, startColumn: from.column, endLineNumber: to.line, endColumn: to.column };
}

export const offsetOf = (lines: LineMap, { lineNumber, column }: monacoTypes.IPosition): number =>
  lines.offset({ line: lineNumber, column });
