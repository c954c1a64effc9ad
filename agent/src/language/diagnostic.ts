/**
 * What a person did wrong, as data: a query never makes the compiler throw.
 * Spans are half-open ranges of UTF-16 offsets into the query text.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Severity = 'error' | 'warning' | 'info';

export interface Diagnostic {
  /** Stable, kebab-case: `unknown-probe`, `syntax`, `type-mismatch`. Documented in docs/diagnostics.md. */
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  readonly message: string;
  /** What to do about it, one sentence; often a "did you mean". */
  readonly hint?: string;
  /** A replacement an editor can apply. */
  readonly fix?: { readonly span: Span; readonly text: string; readonly title: string };
  /** The place is in a file that the query included or imported: `span` is then the line of the query that names the file. */
  readonly file?: { readonly name: string; readonly text: string; readonly span: Span };
}

/** More than this many help nobody. */
const MAX_DIAGNOSTICS = 200;

/** Collects diagnostics of one compile; passes share one. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];

  error(code: string, span: Span, message: string, hint?: string): void {
    this.add('error', code, span, message, hint);
  }

  warning(code: string, span: Span, message: string, hint?: string): void {
    this.add('warning', code, span, message, hint);
  }

  push(diagnostic: Diagnostic): void {
    this.list.push(diagnostic);
  }

  get hasErrors(): boolean {
    return this.list.some((d) => d.severity === 'error');
  }

  private add(severity: Severity, code: string, span: Span, message: string, hint?: string): void {
    // One error of many is always kept: whether there is one decides whether the query runs.
    if (this.list.length >= MAX_DIAGNOSTICS && (severity !== 'error' || this.hasErrors)) return;
    this.list.push(hint === undefined ? { code, severity, span, message } : { code, severity, span, message, hint });
  }
}
