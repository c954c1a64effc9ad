import type { Comment, Expr } from '../ast.ts';
import { moreMistakes, MOST_DIAGNOSTICS } from '../diagnostic.ts';
import type { Diagnostic, Span } from '../diagnostic.ts';
import type { DeferredBodies } from '../preamble/deferred.ts';
import { isSpace, scan } from './scanner.ts';
import type { CommentSink } from './scanner.ts';
import { PROVIDERS, describeToken } from './token.ts';
import type { Token, TokenKind } from './token.ts';

/**
 * Deepest nesting and highest tree. Parsing recurses once a level of nesting (about eight calls), everything that walks
 * the tree once a level of height; both must stay far from the end of the stack, in a browser too.
 */
const MAX_DEPTH = 200;
const MAX_HEIGHT = 1000;

/** Chains of one operator and of `else if` are walked without recursion: they may be longer. */
const MAX_LINKS = 10_000;

export interface ParseOptions {
  /** Positional parameters, substituted textually into attach points: [0] is `$1`. Absent: left as written. */
  readonly positional?: readonly string[];
  /** Values of names that the C preamble may use and does not define (`TASK_COMM_LEN`); null when unknown. */
  readonly constants?: (name: string) => bigint | null;
}

/** What the parsing functions share: the current token, what was found wrong, and where nesting stands. */
export class Cursor {
  readonly source: string;
  readonly options: ParseOptions;
  readonly diagnostics: Diagnostic[] = [];
  readonly comments: Comment[] = [];
  /** Names that are values although nothing in the grammar says so: `#define`s, enumerators, macros and their arguments. */
  readonly valueNames: Set<string>;
  /** Macros of the preamble that are a block: what follows a predicate, like `{`. */
  readonly bodyNames = new Set<string>();
  /** True after a mistake until the parser has found its feet: what is reported meanwhile would only be confusing. */
  panic = false;
  /** Inside `/ ... /`, outside of brackets: a `/` before `{` ends the predicate. */
  inPredicate = false;
  /** Height of the syntax tree that was parsed last. */
  height = 0;

  /** An operand that was read already, see parseTypeofCast. */
  pending: Expr | null = null;
  /** False when the braces of the text are known not to match: missing ones are not worth a message. */
  expectsBraces = true;
  /** Takes bodies that use macros of the preamble; null: macros are left as they are written. */
  deferred: DeferredBodies | null = null;
  /** Where the last missing `}` was reported. */
  unclosedAt = -1;

  token: Token;
  /** End of the token before. */
  previousEnd = 0;

  /** Where the text that is read ends. */
  readonly end: number;
  private readonly sink: CommentSink;
  private lastComment = -1;
  private depth = 0;
  private ahead: Token | null = null;

  constructor(
    source: string,
    options: ParseOptions = {},
    start = 0,
    end = source.length,
    valueNames = new Set<string>(),
  ) {
    this.source = source;
    this.options = options;
    this.valueNames = valueNames;
    this.end = end;
    this.sink = { comment: (from, to, closed) => this.comment(from, to, closed) };
    this.previousEnd = start;
    this.token = scan(source, start, end, this.sink);
  }

  // ---- moving

  peek(): Token {
    this.ahead ??= scan(this.source, this.token.end, this.end, this.sink);
    return this.ahead;
  }

  /** The token at or behind an offset, without going there. */
  tokenAt(offset: number): Token {
    return scan(this.source, offset, this.end, null);
  }

  advance(): Token {
    const token = this.token;
    this.previousEnd = token.end;
    this.token = this.ahead ?? scan(this.source, token.end, this.end, this.sink);
    this.ahead = null;
    return token;
  }

  /** Goes on at an offset behind text that was read raw. */
  seek(offset: number): void {
    this.previousEnd = offset;
    this.ahead = null;
    this.token = scan(this.source, offset, this.end, this.sink);
  }

  get atEnd(): boolean {
    return this.token.kind === 'eof';
  }

  /** True at this punctuation or word. */
  at(text: string): boolean {
    return this.token.text === text;
  }

  atKind(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  accept(text: string): boolean {
    if (this.token.text !== text) return false;
    this.advance();
    return true;
  }

  /** `what` tells what the token is for: "to close the arguments". */
  expect(text: string, what = ''): boolean {
    if (this.accept(text)) return true;
    this.unexpected(`\`${text}\`${what === '' ? '' : ` ${what}`}`);
    return false;
  }

  get isFirstOnLine(): boolean {
    for (let at = this.token.start - 1; at >= 0; at--) {
      const code = this.source.charCodeAt(at);
      if (code === 10) return true;
      // Behind the token before there may be comments; in front of its end only white space still counts.
      if (at < this.previousEnd && !isSpace(code)) return false;
    }
    return true;
  }

  /** `kprobe:`, `BEGIN {`: where a statement stands here, a brace is missing before. */
  get atProbe(): boolean {
    const { token } = this;
    if (token.kind !== 'word' || !PROVIDERS.has(token.text)) return false;
    const next = this.source.charCodeAt(token.end);
    if (next === 58) return this.source.charCodeAt(token.end + 1) !== 32;
    return /^(begin|end)$/i.test(token.text) && /\s*[{/]/y.test(this.source.slice(token.end, token.end + 40));
  }

  // ---- spans and reports

  /** Where an expression that is about to be parsed begins. */
  get start(): number {
    return this.pending?.span.start ?? this.token.start;
  }

  spanFrom(start: number): Span {
    return { start, end: Math.max(start, this.previousEnd) };
  }

  get tokenSpan(): Span {
    const { start, end } = this.token;
    return { start, end };
  }

  report(diagnostic: Diagnostic): void {
    const { length } = this.diagnostics;
    if (length < MOST_DIAGNOSTICS) this.diagnostics.push(diagnostic);
    else if (length === MOST_DIAGNOSTICS) this.diagnostics.push(moreMistakes(diagnostic.span));
  }

  /** A mistake after which the parser still knows where it is. */
  error(span: Span, message: string, hint?: string, code = 'syntax'): void {
    if (this.panic) return;
    this.report({ code, severity: 'error', span, message, ...(hint === undefined ? {} : { hint }) });
  }

  /** A mistake after which it does not: silent until `recover`. */
  fail(span: Span, message: string, hint?: string, code = 'syntax'): void {
    this.error(span, message, hint, code);
    this.panic = true;
  }

  unexpected(expected: string, hint?: string): void {
    this.fail(this.tokenSpan, `expected ${expected}, found ${describeToken(this.token)}`, hint ?? this.habit());
  }

  /** Advice for what other languages write. */
  private habit(): string | undefined {
    const { text } = this.token;
    if (text.startsWith("'")) return 'strings are written with double quotes';
    if (text === '=') return 'use `==` to compare; an assignment is a statement of its own';
    if (text === 'and') return 'use `&&`';
    if (text === 'or') return 'use `||`';
    return undefined;
  }

  // ---- nesting

  /** Runs `parse` one level deeper, or reports once and returns `otherwise`. */
  nested<T>(parse: () => T, otherwise: () => T): T {
    if (this.panic) {
      this.pending = null;
      return otherwise();
    }
    if (this.depth >= MAX_DEPTH) {
      this.pending = null;
      this.tooDeep(this.tokenSpan, `this is nested deeper than ${MAX_DEPTH} levels`);
      return otherwise();
    }
    this.depth++;
    try {
      return parse();
    } finally {
      this.depth--;
    }
  }

  /** Sets the height of the tree just built; false (and reported) when it is too high. */
  grow(height: number, span: Span): boolean {
    this.height = height;
    if (height <= MAX_HEIGHT) return true;
    this.tooDeep(span, `this chain of operators has more than ${MAX_HEIGHT} links`);
    return false;
  }

  /** Whether a chain may have one more link; if not, reported. */
  link(links: number, span: Span): boolean {
    if (links < MAX_LINKS) return true;
    this.tooDeep(span, `this chain has more than ${MAX_LINKS} links`);
    return false;
  }

  private tooDeep(span: Span, message: string): void {
    this.fail(span, message, 'split it with variables', 'nesting-too-deep');
  }

  private comment(start: number, end: number, closed: boolean): void {
    // Text may be scanned twice (look-ahead, casts); a comment counts once.
    if (start <= this.lastComment) return;
    this.lastComment = start;
    this.comments.push({ text: this.source.slice(start, end), span: { start, end } });
    if (!closed) {
      const message = 'this comment is not closed by `*/`';
      this.report({ code: 'syntax', severity: 'error', span: { start, end: start + 2 }, message });
    }
  }
}
