import type { Comment } from '../ast.ts';
import type { Doc } from './doc.ts';
import { hard } from './doc.ts';

/** Comments between two things of a list. */
export interface Gap {
  /** Behind the first, in front of its separator. */
  readonly with: readonly Doc[];
  /** Behind the separator, at the end of its line: a newline has to follow. */
  readonly behind: readonly Doc[];
  /** In front of the second. */
  readonly before: readonly Doc[];
}

const NO_COMMENTS: Gap = { with: [], behind: [], before: [] };

/**
 * The comments of a program, handed out in order of the text as printing goes by them. With the source at hand it also
 * knows which stood behind something on its line, and where blank lines were.
 */
export class CommentQueue {
  private readonly comments: readonly Comment[];
  private readonly source: string | null;
  private next = 0;
  /** End of what was printed last, in the source. */
  private last = 0;

  constructor(comments: readonly Comment[], source: string | null) {
    this.comments = comments;
    this.source = source;
  }

  hasBefore(offset: number): boolean {
    const comment = this.comments[this.next];
    return comment !== undefined && comment.span.start < offset;
  }

  /** Newline, then comments that begin before `end`, each on its own line; then what begins at `start` follows. */
  leading(end: number, start: number, first: boolean): Doc[] {
    const out: Doc[] = [];
    while (this.hasBefore(end)) out.push(...this.take(first && out.length === 0));
    out.push(...this.newline(start, first && out.length === 0));
    return out;
  }

  /** The rest before the end of a block. */
  dangling(end: number, first: boolean): Doc[] {
    const out: Doc[] = [];
    while (this.hasBefore(end)) out.push(...this.take(first && out.length === 0));
    this.last = end;
    return out;
  }

  /** Comments between something that ends at `end` and what begins at `start`: behind it, or in lines of their own. */
  between(end: number, start: number): Doc[] {
    if (!this.hasBefore(start)) return [];
    const out = this.trailing(end);
    while (this.hasBefore(start)) out.push(...this.take(false));
    return out;
  }

  /** Comments behind something that ends at `end`, on the same line. */
  trailing(end: number): Doc[] {
    const out: Doc[] = [];
    this.last = Math.max(this.last, end);
    for (;;) {
      const comment = this.comments[this.next];
      if (comment === undefined || this.source === null || comment.span.start < end) return out;
      const between = this.source.slice(this.last, comment.span.start);
      // Separators, and the `/` that ends a predicate, stand where they are printed.
      if (!/^[ \t;,/]*$/.test(between)) return out;
      out.push(' ', comment.text.trimEnd());
      this.last = comment.span.end;
      this.next++;
      // What follows a comment to the end of the line is on another line.
      if (comment.text.startsWith('//')) return out;
    }
  }

  /** Comments before `start`, where something ended at `end` (null: nothing did). */
  gap(end: number | null, start: number): Gap {
    if (!this.hasBefore(start)) return NO_COMMENTS;
    const found: Comment[] = [];
    for (; this.hasBefore(start); this.next++) found.push(this.comments[this.next]!);
    this.last = found.at(-1)?.span.end ?? start;
    const endsLine = found.map(
      ({ text, span }, i) =>
        text.startsWith('//') || this.text(span.end, found[i + 1]?.span.start ?? start).includes('\n'),
    );
    const near = end === null ? 0 : this.onLineOf(end, found, endsLine);
    const texts = found.map(({ text }): Doc => text.trimEnd());
    const own = Math.min(near, this.ownOf(end ?? 0, found));
    const isBehind = near > own && endsLine[near - 1] === true;
    const rest = isBehind ? near : own;
    return {
      with: texts.slice(0, own).flatMap((text) => [' ', text]),
      behind: texts.slice(own, rest).flatMap((text) => [' ', text]),
      before: texts.slice(rest).flatMap((text, i) => [text, endsLine[rest + i] === true ? hard : ' ']),
    };
  }

  /** How many belong to what ends at `end`: in front of the separator, and none that ends its line. */
  private ownOf(end: number, found: readonly Comment[]): number {
    const other = found.findIndex(
      ({ text, span }, i) =>
        text.startsWith('//') || this.text(found[i - 1]?.span.end ?? end, span.start).includes(','),
    );
    return other < 0 ? found.length : other;
  }

  /** How many of the comments stand on the line that something ends on. */
  private onLineOf(end: number, found: readonly Comment[], endsLine: readonly boolean[]): number {
    if (this.source === null) return 0;
    let count = 0;
    for (let at = end; count < found.length && !endsLine[count - 1]; count++) {
      const { span } = found[count]!;
      if (this.text(at, span.start).includes('\n')) break;
      at = span.end;
    }
    return count;
  }

  /** The rest of something that ends at `end`, behind it; `closed`: nothing else can be on that line. */
  rest(end: number): { readonly docs: readonly Doc[]; readonly closed: boolean } {
    const docs: Doc[] = [];
    let closed = false;
    for (; this.hasBefore(end); this.next++) {
      const { text, span } = this.comments[this.next]!;
      docs.push(closed ? hard : ' ', text.trimEnd());
      closed ||= text.startsWith('//');
      this.last = span.end;
    }
    return { docs, closed };
  }

  private text(from: number, to: number): string {
    return this.source?.slice(from, to) ?? '';
  }

  /** A newline, and a blank line where the source has one or more. */
  newline(start: number, first: boolean): Doc[] {
    const blank = !first && this.source !== null && /\n[ \t\r]*\n/.test(this.source.slice(this.last, start));
    this.last = Math.max(this.last, start);
    return blank ? [hard, hard] : [hard];
  }

  private take(first: boolean): Doc[] {
    const comment = this.comments[this.next++];
    if (comment === undefined) return [];
    const out = [...this.newline(comment.span.start, first), comment.text.trimEnd()];
    this.last = comment.span.end;
    return out;
  }
}
