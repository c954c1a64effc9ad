import type { Comment } from '../ast.ts';
import type { Doc } from './doc.ts';
import { hard } from './doc.ts';

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
