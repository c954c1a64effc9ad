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

/** More than this many of one pass help nobody. */
export const MOST_DIAGNOSTICS = 100;

/** Stands in the place of those that are too many. */
export const moreMistakes = (span: Span): Diagnostic => ({
  code: 'more-mistakes',
  severity: 'info',
  span,
  message: 'There is more to say, from here on or before: mend what is said so far.',
});

/** What to do about it; a function when it takes a search to know, which is made for what is told only. */
export type Hint = string | undefined | (() => string | undefined);

export const hintText = (hint: Hint): string | undefined => (typeof hint === 'function' ? hint() : hint);

/** Collects diagnostics of one compile; passes share one. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  hasErrors = false;

  error(code: string, span: Span, message: string, hint?: Hint): void {
    this.add('error', code, span, message, hint);
  }

  warning(code: string, span: Span, message: string, hint?: Hint): void {
    this.add('warning', code, span, message, hint);
  }

  info(code: string, span: Span, message: string): void {
    this.add('info', code, span, message);
  }

  /** Nothing that is added now would be told. */
  get isFull(): boolean {
    return this.hasErrors && this.list.length > MOST_DIAGNOSTICS;
  }

  private add(severity: Severity, code: string, span: Span, message: string, given?: Hint): void {
    const { length } = this.list;
    // One error of many is always kept: whether there is one decides whether the query runs.
    if (length < MOST_DIAGNOSTICS || (severity === 'error' && !this.hasErrors)) {
      const hint = hintText(given);
      this.list.push(hint === undefined ? { code, severity, span, message } : { code, severity, span, message, hint });
    } else if (length === MOST_DIAGNOSTICS) this.list.push(moreMistakes(span));
    this.hasErrors ||= severity === 'error';
  }
}
