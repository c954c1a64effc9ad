/** Types as written in casts, `let`, `sizeof`, parameters: `struct sock *`, `uint8[4]`, `unsigned long`, `typeof(e)`. */
import type { Expr, TypeName } from '../ast.ts';
import { CONSTANTS } from '../tables/constants.ts';
import { joinBaseWords, isBaseWord } from './base-types.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { readInt } from './literals.ts';
import { KEYWORDS, isValueWord } from './token.ts';
import type { Token } from './token.ts';

const TAGS = ['struct', 'union', 'enum'] as const;
type Tag = (typeof TAGS)[number];

export function asTag(word: string): Tag | null {
  return TAGS.find((tag) => tag === word) ?? null;
}

/** A bare word that may name a type: everything that is not known to be a value. */
export function mayNameType(c: Cursor, token: Token): boolean {
  return (
    token.kind === 'word' &&
    !KEYWORDS.has(token.text) &&
    !isValueWord(token.text) &&
    !c.valueNames.has(token.text) &&
    !CONSTANTS.has(token.text)
  );
}

export interface TypeAhead {
  /** The token behind the type. */
  readonly after: Token;
  /** One word and nothing else: could as well be a value. */
  readonly bare: boolean;
}

/** Whether a type stands at `token`, by looking only; `typeof` is not looked into and needs no look-ahead. */
export function lookForType(c: Cursor, token: Token): TypeAhead | null {
  let next = token;
  let bare = true;
  if (next.text === 'const') next = c.tokenAt(next.end);
  if (asTag(next.text) !== null) {
    next = c.tokenAt(next.end);
    if (next.kind !== 'word') return null;
    next = c.tokenAt(next.end);
    bare = false;
  } else if (isBaseWord(next.text)) {
    while (isBaseWord(next.text)) next = c.tokenAt(next.end);
    bare = false;
  } else {
    if (!mayNameType(c, next)) return null;
    next = c.tokenAt(next.end);
  }
  const after = skipTypeSuffixes(c, next);
  return after === null ? null : { after, bare: bare && after.start === next.start };
}

/** The token behind `*` and `[N]`, null when brackets hold something else. */
export function skipTypeSuffixes(c: Cursor, token: Token): Token | null {
  let next = token;
  for (;;) {
    if (next.text === '*') {
      next = c.tokenAt(next.end);
    } else if (next.text === '[') {
      next = c.tokenAt(next.end);
      if (next.kind === 'int') next = c.tokenAt(next.end);
      if (next.text !== ']') return null;
      next = c.tokenAt(next.end);
    } else {
      return next;
    }
  }
}

const unnamed: TypeName['base'] = { kind: 'named', tag: null, name: '' };

export function parseTypeName(c: Cursor): TypeName {
  const start = c.token.start;
  c.accept('const');
  const base = parseBase(c);
  const suffixes = parseTypeSuffixes(c);
  return { kind: 'type-name', base, suffixes, span: c.spanFrom(start) };
}

export function parseTypeSuffixes(c: Cursor): TypeName['suffixes'] {
  const suffixes: TypeName['suffixes'][number][] = [];
  for (;;) {
    if (c.accept('*')) suffixes.push('*');
    else if (c.accept('[')) suffixes.push({ count: parseCount(c) });
    else return suffixes;
  }
}

function parseBase(c: Cursor): TypeName['base'] {
  const { token } = c;
  if (token.text === 'typeof') {
    c.advance();
    return { kind: 'typeof', of: parseParenthesisedTypeOrExpression(c, 'typeof') };
  }
  const tag = asTag(token.text);
  if (tag !== null) {
    c.advance();
    if (c.token.kind === 'word') return { kind: 'named', tag, name: c.advance().text };
    c.unexpected(`the name of the ${tag}`);
    return { kind: 'named', tag, name: '' };
  }
  if (isBaseWord(token.text)) {
    const words: string[] = [];
    while (isBaseWord(c.token.text)) words.push(c.advance().text);
    return { kind: 'named', tag: null, name: joinBaseWords(words) };
  }
  if (token.kind === 'word' && !KEYWORDS.has(token.text)) return { kind: 'named', tag: null, name: c.advance().text };
  c.unexpected('a type');
  return unnamed;
}

function parseCount(c: Cursor): number | null {
  let count: number | null = null;
  if (c.token.kind === 'int') {
    const { token } = c;
    const literal = readInt(token.text);
    if (literal.problem !== null) c.error(c.tokenSpan, literal.problem);
    else if (literal.value > 0x7fffffffn)
      c.error(c.tokenSpan, 'this array is larger than any memory that BPF can read');
    else count = Number(literal.value);
    c.advance();
  }
  c.expect(']', 'behind the number of elements');
  return count;
}

/** The `( ... )` of `sizeof`, `typeof`, `typeinfo`. */
export function parseParenthesisedTypeOrExpression(c: Cursor, word: string): TypeName | Expr {
  const start = c.token.start;
  if (!c.expect('(', `behind \`${word}\``)) return { kind: 'error', span: c.spanFrom(start) };
  const of = parseTypeOrExpression(c);
  c.expect(')', `to close \`${word}(\``);
  return of;
}

/** A type where one stands alone up to `)` or `,`, else an expression. */
export function parseTypeOrExpression(c: Cursor): TypeName | Expr {
  if (c.token.text === 'typeof') return parseTypeofOrExpression(c);
  const ahead = lookForType(c, c.token);
  if (ahead !== null && (ahead.after.text === ')' || ahead.after.text === ',')) return parseTypeName(c);
  return parseExpression(c);
}

/** `typeof(e)` alone is an expression of the tree, `typeof(e) *` and `typeof(e)[4]` are types, `typeof(e).field` no longer. */
function parseTypeofOrExpression(c: Cursor): TypeName | Expr {
  const { start } = c.advance();
  const of = c.nested<TypeName | Expr>(
    () => parseParenthesisedTypeOrExpression(c, 'typeof'),
    () => ({ kind: 'error', span: c.spanFrom(start) }),
  );
  const span = c.spanFrom(start);
  c.height++;
  const ahead = skipTypeSuffixes(c, c.token);
  if (c.panic) return { kind: 'typeof', of, span };
  if (c.at(')') || c.at(',') || (ahead?.text !== ')' && ahead?.text !== ',')) {
    c.pending = { kind: 'typeof', of, span };
    return parseExpression(c);
  }
  return { kind: 'type-name', base: { kind: 'typeof', of }, suffixes: parseTypeSuffixes(c), span: c.spanFrom(start) };
}
