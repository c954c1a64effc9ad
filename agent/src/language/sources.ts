/**
 * The texts of a query: its own, then those of included and imported files, then what macros were expanded to, one behind
 * the other. A span of the whole is a range of offsets into `text`; `place` says which file and where.
 */
import type { Diagnostic, Span } from './diagnostic.ts';

/** A place in a file that the query included or imported. */
type FilePlace = NonNullable<Diagnostic['file']>;

export interface Place {
  /** null: in the query's own text. */
  readonly file: FilePlace | null;
  /** In the query's own text: the place itself, or the line that brought the file in. */
  readonly span: Span;
}

/** A stretch of expanded text and where it comes from. */
export interface Piece {
  /** Offset in the expansion. */
  readonly at: number;
  /** The text that it was copied from, or the whole use of the macro whose body it comes from. */
  readonly from: Span;
  readonly copied: boolean;
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly file: string | null;
  /** Where the query (or the file before) names the file. */
  readonly at: Span;
  readonly pieces: readonly Piece[];
}

export class Sources {
  /** The query's text first. */
  text: string;
  private readonly parts: Part[] = [];
  private readonly own: number;

  constructor(text: string) {
    this.text = text;
    this.own = text.length;
  }

  /** Where the file's text begins. */
  addFile(name: string, text: string, at: Span): number {
    return this.add(text, { file: name, at, pieces: [] });
  }

  addExpansion(text: string, pieces: readonly Piece[]): number {
    return this.add(text, { file: null, at: { start: 0, end: 0 }, pieces });
  }

  place(span: Span): Place {
    if (span.start <= this.own && span.end <= this.own) return { file: null, span };
    const part = this.partAt(span.start);
    if (part === undefined) return { file: null, span: { start: 0, end: this.own } };
    if (part.file === null) return this.place(original(part, span));
    const end = Math.min(Math.max(span.end, span.start), part.end);
    const local = { start: span.start - part.start, end: end - part.start };
    const file = { name: part.file, text: this.text.slice(part.start, part.end), span: local };
    return { file, span: this.place(part.at).span };
  }

  /** The span where it was written: a macro's expansion leads to its use. */
  origin(span: Span): Span {
    const part = span.start <= this.own ? undefined : this.partAt(span.start);
    return part === undefined || part.file !== null ? span : this.origin(original(part, span));
  }

  locate(diagnostic: Diagnostic): Diagnostic {
    const { file, span } = this.place(diagnostic.span);
    const { fix, ...rest } = diagnostic;
    // A fix is for the text that people edit: only where its place is that text.
    const own = fix !== undefined && this.place(fix.span).span === fix.span;
    return { ...rest, span, ...(own ? { fix } : {}), ...(file === null ? {} : { file }) };
  }

  private add(text: string, part: Omit<Part, 'start' | 'end'>): number {
    const start = this.text.length + 1;
    this.text += `\n${text}`;
    this.parts.push({ ...part, start, end: start + text.length });
    return start;
  }

  private partAt(offset: number): Part | undefined {
    let low = 0;
    let high = this.parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.parts[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.parts[low];
  }
}

function original({ start, end, pieces }: Part, span: Span): Span {
  const from = Math.min(span.start, end) - start;
  const to = Math.min(span.end, end) - start;
  const first = pieceAt(pieces, from);
  const last = pieceAt(pieces, Math.max(to - 1, from));
  if (first === undefined || last === undefined) return { start: 0, end: 0 };
  return {
    start: first.copied ? first.from.start + (from - first.at) : first.from.start,
    end: last.copied ? last.from.start + (to - last.at) : last.from.end,
  };
}

function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return pieces[low];
}
