/**
 * Tokens on demand: `scan` reads the one token at or behind an offset and keeps no state, so that the parser may look
 * ahead, read an attach point as raw text, and go on anywhere. Comments are handed to a sink as they are passed.
 */
import type { Token, TokenKind } from './token.ts';

export interface CommentSink {
  /** `closed` is false for a block comment that runs into the end of the text. */
  comment(start: number, end: number, closed: boolean): void;
}

const PUNCTUATION: readonly string[] = [
  ...['<<=', '>>=', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '++', '--', '->', '..', '+=', '-=', '*=', '/='],
  ...['%=', '&=', '|=', '^=', '{', '}', '(', ')', '[', ']', ';', ',', ':', '?', '.', '=', '+', '-', '*', '/', '%'],
  ...['&', '|', '^', '<', '>', '!', '~', '#'],
];

/** Candidates by first character code, longest first. */
const BY_FIRST: ReadonlyMap<number, readonly string[]> = new Map(
  PUNCTUATION.map((text) => [
    text.charCodeAt(0),
    PUNCTUATION.filter((other) => other[0] === text[0]).sort((a, b) => b.length - a.length),
  ]),
);

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}

export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

export function wordEnd(source: string, start: number, limit: number): number {
  let at = start;
  while (at < limit && isWordPart(source.charCodeAt(at))) at++;
  return at;
}

/** The first offset at or behind `start` that is neither white space nor comment. */
export function skipTrivia(source: string, start: number, limit: number, sink: CommentSink | null): number {
  let at = start;
  for (;;) {
    while (at < limit && isSpace(source.charCodeAt(at))) at++;
    // A line that goes on: `\` and the newline.
    const joined = source.charCodeAt(at) === 92 ? continuationEnd(source, at) : at;
    if (joined > at && joined <= limit) {
      at = joined;
      continue;
    }
    if (at + 1 >= limit || source.charCodeAt(at) !== 47) return at;
    const second = source.charCodeAt(at + 1);
    let end: number;
    let closed = true;
    if (second === 47) {
      const newline = source.indexOf('\n', at);
      end = newline < 0 || newline > limit ? limit : newline;
    } else if (second === 42) {
      // Not beyond the limit: of thousands of lines with an open comment each would look through the whole text.
      const close = source.slice(at + 2, limit).indexOf('*/');
      closed = close >= 0;
      end = closed ? at + 2 + close + 2 : limit;
    } else {
      return at;
    }
    sink?.comment(at, end, closed);
    at = end;
  }
}

/** Behind a `\` that ends its line and the newline; `at` itself when it does not. */
export function continuationEnd(source: string, at: number): number {
  if (source[at + 1] === '\n') return at + 2;
  return source.startsWith('\r\n', at + 1) ? at + 3 : at;
}

export function scan(source: string, from: number, limit: number, sink: CommentSink | null): Token {
  const start = skipTrivia(source, from, limit, sink);
  if (start >= limit) return { kind: 'eof', start: limit, end: limit, text: '' };
  const code = source.charCodeAt(start);
  const token = (kind: TokenKind, end: number): Token => ({ kind, start, end, text: source.slice(start, end) });
  if (isWordStart(code)) return token('word', wordEnd(source, start, limit));
  if (isDigit(code)) return token('int', wordEnd(source, start, limit));
  if (code === 36) return scanDollar(source, start, limit, token);
  if (code === 64) {
    const named = start + 1 < limit && isWordStart(source.charCodeAt(start + 1));
    return token('map', named ? wordEnd(source, start + 1, limit) : start + 1);
  }
  if (code === 34) return token('string', stringEnd(source, start, limit));
  const punctuation = BY_FIRST.get(code)?.find(
    (text) => start + text.length <= limit && source.startsWith(text, start),
  );
  if (punctuation !== undefined) return { kind: 'punct', start, end: start + punctuation.length, text: punctuation };
  return token('bad', badEnd(source, start, limit));
}

function scanDollar(
  source: string,
  start: number,
  limit: number,
  token: (kind: TokenKind, end: number) => Token,
): Token {
  const next = start + 1 < limit ? source.charCodeAt(start + 1) : 0;
  if (isWordStart(next)) return token('variable', wordEnd(source, start + 1, limit));
  if (next === 35) return token('positional', start + 2);
  if (!isDigit(next)) return token('bad', start + 1);
  let end = start + 1;
  while (end < limit && isDigit(source.charCodeAt(end))) end++;
  return token('positional', end);
}

/** Behind the closing quote, or before the newline of an unterminated string. */
function stringEnd(source: string, start: number, limit: number): number {
  for (let at = start + 1; at < limit; at++) {
    const code = source.charCodeAt(at);
    if (code === 34) return at + 1;
    if (code === 10) return at;
    if (code === 92) at++;
  }
  return limit;
}

/** A run of characters that begin nothing is one token: a binary file should give one message, not a million. */
function badEnd(source: string, start: number, limit: number): number {
  let at = start + 1;
  while (at < limit) {
    const code = source.charCodeAt(at);
    if (isSpace(code) || isWordPart(code) || code === 36 || code === 64 || code === 34 || BY_FIRST.has(code)) break;
    at++;
  }
  return at;
}
