import type { Diagnostic } from './diagnostic.ts';
import { LineMap } from './line-map.ts';

/** Lines longer than this are cut around the span: a one-line query of a megabyte must not be echoed whole. */
const MAX_LINE = 240;

const LABEL = { error: 'ERROR', warning: 'WARNING', info: 'INFO' } as const;

/**
 * One diagnostic as the command line shows it: `name:line:from-to: ERROR: message`, the source line, tildes under the
 * span, and `HINT: ...`. Columns count from 1 and `to` is the column behind the span. A span over several lines shows
 * `name:from-to` lines and underlines its first one.
 */
export function renderDiagnostic(diagnostic: Diagnostic, lines: LineMap, name = 'stdin'): string {
  const { file } = diagnostic;
  if (file !== undefined) {
    const { file: _file, ...rest } = diagnostic;
    return renderDiagnostic({ ...rest, span: file.span }, new LineMap(file.text), file.name);
  }
  const start = lines.position(diagnostic.span.start);
  const end = lines.position(Math.max(diagnostic.span.end, diagnostic.span.start));
  const where =
    start.line === end.line
      ? `${name}:${start.line}:${start.column}-${end.column}`
      : `${name}:${start.line}-${end.line}`;
  const text = lines.line(start.line);
  const last = start.line === end.line ? end.column : text.length + 1;
  const out = [`${where}: ${LABEL[diagnostic.severity]}: ${diagnostic.message}`, ...excerpt(text, start.column, last)];
  if (diagnostic.hint !== undefined) out.push(`HINT: ${diagnostic.hint}`);
  return out.join('\n') + '\n';
}

export function renderDiagnostics(diagnostics: readonly Diagnostic[], source: string, name = 'stdin'): string {
  const lines = new LineMap(source);
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, lines, name)).join('');
}

/** The line and its underline; tabs are kept in the padding so that both line up whatever a tab's width is. */
function excerpt(line: string, from: number, to: number): [string, string] {
  let text = line;
  let first = from - 1;
  let length = Math.max(to - from, 1);
  if (text.length > MAX_LINE) {
    const cut = Math.max(0, first - MAX_LINE / 3);
    text = text.slice(cut, cut + MAX_LINE);
    first -= cut;
    length = Math.min(length, Math.max(text.length - first, 1));
  }
  const padding = text.slice(0, first).replace(/[^\t]/g, ' ').padEnd(first);
  return [text, padding + '~'.repeat(length)];
}
