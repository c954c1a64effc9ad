/** What an expression is made of: literals, names, maps, calls, parentheses, `sizeof` and its kin, `if` and blocks. */
import type { Block, Expr, TypeName } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { readInt, readString } from './literals.ts';
import { parseBlock } from './statements.ts';
import { KEYWORDS, describeToken } from './token.ts';
import { asTag, parseParenthesisedTypeOrExpression, parseTypeName, parseTypeOrExpression } from './type-names.ts';

export function errorNode(c: Cursor): Extract<Expr, { kind: 'error' }> {
  c.height = 0;
  const { start } = c.token;
  return { kind: 'error', span: { start, end: start } };
}

export function leaf(c: Cursor, expr: Expr): Expr {
  c.height = 0;
  return expr;
}

/** `item, item, ...` up to `close`, which is consumed; a comma may stand before it. Height: of the highest item. */
export function parseList<T>(c: Cursor, close: string, closing: string, parseItem: (c: Cursor) => T): T[] {
  const predicate = c.inPredicate;
  c.inPredicate = false;
  const items: T[] = [];
  let height = 0;
  while (!c.panic && !c.at(close)) {
    items.push(parseItem(c));
    height = Math.max(height, c.height);
    if (c.panic || !c.accept(',')) break;
  }
  if (!c.panic) c.expect(close, closing);
  c.height = height;
  c.inPredicate = predicate;
  return items;
}

export function parsePrimary(c: Cursor): Expr {
  const { pending } = c;
  if (pending !== null) {
    c.pending = null;
    return pending;
  }
  const { token } = c;
  const span = c.tokenSpan;
  switch (token.kind) {
    case 'int': {
      c.advance();
      const { value, duration, problem } = readInt(token.text);
      if (problem !== null) c.error(span, problem);
      return leaf(c, { kind: 'int', value, text: token.text, duration, span });
    }
    case 'string':
      return leaf(c, { kind: 'string', value: parseStringToken(c), span });
    case 'variable':
      c.advance();
      return leaf(c, { kind: 'variable', name: token.text.slice(1), span });
    case 'positional':
      return parsePositional(c);
    case 'map':
      return parseMap(c);
    case 'word':
      return parseWord(c);
    default:
      if (token.text === '(') return parseParenthesis(c);
      if (token.text === '{') return parseBlockExpression(c);
      c.unexpected('an expression');
      return errorNode(c);
  }
}

/** Reports the mistakes inside a string literal at their places, and moves on. */
export function parseStringToken(c: Cursor): string {
  const { start, text } = c.advance();
  const { value, problems, closed } = readString(text);
  if (!closed) {
    c.fail({ start, end: start + text.length }, 'this string has no closing `"` on its line');
    // The rest of its line, with the braces there, went into the string.
    if (text.includes('}')) c.expectsBraces = false;
  }
  for (const problem of problems) {
    const span = { start: start + problem.start, end: start + problem.end };
    c.error(span, problem.message, 'escapes are \\n \\t \\r \\" \\\\ \\ooo and \\xhh');
  }
  return value;
}

function parsePositional(c: Cursor): Expr {
  const span = c.tokenSpan;
  const { text } = c.advance();
  const index = text === '$#' ? 0 : Number(text.slice(1));
  if (text !== '$#' && (index < 1 || index > 0xffff))
    c.error(span, `\`${text}\` is not a positional parameter`, 'they start at `$1`');
  return leaf(c, { kind: 'positional', index: index > 0xffff ? 0xffff : index, span });
}

function parseMap(c: Cursor): Expr {
  const { start, text } = c.advance();
  const name = text.slice(1);
  if (!c.at('[')) return leaf(c, { kind: 'map', name, keys: null, span: c.spanFrom(start) });
  const open = c.advance();
  const keys = parseList(c, ']', 'to close the key', parseExpression);
  const span = c.spanFrom(start);
  if (keys.length === 0)
    c.error(
      { start: open.start, end: span.end },
      'a map key has at least one value',
      'leave the brackets out for a map with a single value',
    );
  c.grow(c.height + 1, span);
  return { kind: 'map', name, keys, span };
}

function parseWord(c: Cursor): Expr {
  const { token } = c;
  const special = WORDS[token.text];
  if (special !== undefined && Object.hasOwn(WORDS, token.text)) return special(c);
  if (KEYWORDS.has(token.text) && token.text !== 'config') {
    c.unexpected(
      'an expression',
      token.text === 'else' ? 'an `else` follows the closing brace of its `if`' : undefined,
    );
    return errorNode(c);
  }
  if (asTag(token.text) !== null) {
    c.unexpected('an expression', 'a type is used as a cast, `(struct name *) expression`, or in sizeof and offsetof');
    return errorNode(c);
  }
  c.advance();
  const nameSpan = { start: token.start, end: token.end };
  if (!c.at('(')) return leaf(c, { kind: 'ident', name: token.text, span: nameSpan });
  c.advance();
  const args = parseList(c, ')', `to close \`${token.text}(\``, parseArgument);
  const span = c.spanFrom(token.start);
  c.grow(c.height + 1, span);
  return { kind: 'call', name: token.text, nameSpan, args, span };
}

/** `container_of($p, struct sock, sk)`: a tagged type as an argument is kept as `typeof(struct sock)`. */
function parseArgument(c: Cursor): Expr {
  if (asTag(c.token.text) === null || c.token.kind !== 'word') return parseExpression(c);
  const of = parseTypeName(c);
  return leaf(c, { kind: 'typeof', of, span: of.span });
}

const WORDS: Readonly<Record<string, (c: Cursor) => Expr>> = {
  true: parseBool,
  false: parseBool,
  if: parseIf,
  sizeof: (c) => parseOperator(c, (of, span) => ({ kind: 'sizeof', of, span })),
  typeof: (c) => parseOperator(c, (of, span) => ({ kind: 'typeof', of, span })),
  typeinfo: (c) => parseOperator(c, (of, span) => ({ kind: 'typeinfo', of, span })),
  offsetof: parseOffsetof,
};

function parseBool(c: Cursor): Expr {
  const span = c.tokenSpan;
  return leaf(c, { kind: 'bool', value: c.advance().text === 'true', span });
}

function parseOperator(c: Cursor, build: (of: TypeName | Expr, span: Expr['span']) => Expr): Expr {
  const word = c.advance();
  const predicate = c.inPredicate;
  c.inPredicate = false;
  const of = parseParenthesisedTypeOrExpression(c, word.text);
  c.inPredicate = predicate;
  const span = c.spanFrom(word.start);
  c.grow(c.height + 1, span);
  return build(of, span);
}

function parseOffsetof(c: Cursor): Expr {
  const { start } = c.advance();
  const predicate = c.inPredicate;
  c.inPredicate = false;
  const path: string[] = [];
  c.expect('(', 'behind `offsetof`');
  const of: TypeName | Expr = c.panic ? errorNode(c) : parseTypeOrExpression(c);
  if (!c.panic && c.expect(',', 'and the field')) {
    do {
      if (c.token.kind !== 'word') c.unexpected('a field name');
      else path.push(c.advance().text);
    } while (!c.panic && c.accept('.'));
    if (!c.panic) c.expect(')', 'to close `offsetof(`');
  }
  c.inPredicate = predicate;
  const span = c.spanFrom(start);
  c.grow(c.height + 1, span);
  return { kind: 'offsetof', of, path, span };
}

function parseParenthesis(c: Cursor): Expr {
  const { start } = c.advance();
  if (c.token.kind === 'word' && c.peek().text === '=') return parseRecord(c, start);
  return parseParenthesisRest(c, start);
}

/** Behind the `(` at `start`: a tuple or a single expression. */
export function parseParenthesisRest(c: Cursor, start: number): Expr {
  const predicate = c.inPredicate;
  c.inPredicate = false;
  let height = 0;
  let comma = false;
  const elements: Expr[] = [];
  while (c.pending !== null || (!c.panic && !c.at(')'))) {
    elements.push(parseExpression(c));
    height = Math.max(height, c.height);
    if (c.panic || !c.accept(',')) break;
    comma = true;
  }
  if (!c.panic) c.expect(')', 'to close the parenthesis');
  c.inPredicate = predicate;
  const [only] = elements;
  if (only !== undefined && elements.length === 1 && !comma) {
    c.height = height;
    return only;
  }
  const span = c.spanFrom(start);
  c.grow(height + 1, span);
  return { kind: 'tuple', elements, span };
}

function parseRecord(c: Cursor, start: number): Expr {
  const fields = parseList(c, ')', 'to close the record', (item) => {
    const at = item.token.start;
    if (item.token.kind !== 'word') item.unexpected('a field name');
    const name = item.panic ? '' : item.advance().text;
    if (!item.panic) item.expect('=', 'behind the field name');
    const value = parseExpression(item);
    return { name, value, span: item.spanFrom(at) };
  });
  const span = c.spanFrom(start);
  c.grow(c.height + 1, span);
  return { kind: 'record', fields, span };
}

function parseBlockExpression(c: Cursor): Expr {
  const block = parseBlock(c, 'value');
  return { kind: 'block-expr', block, span: block.span };
}

/** The condition in front of a block; a mistake in it does not spoil the block. */
export function parseCondition(c: Cursor): Expr {
  if (c.at('{')) {
    c.error(c.tokenSpan, `expected a condition, found ${describeToken(c.token)}`);
    return errorNode(c);
  }
  const predicate = c.inPredicate;
  c.inPredicate = false;
  const cond = parseExpression(c);
  c.inPredicate = predicate;
  if (c.panic) skipToBlock(c);
  else if (cond.kind === 'record') c.error(cond.span, 'a condition cannot assign', 'use `==` to compare');
  return cond;
}

/** Behind a broken header: on to its `{` if that is on the way. */
function skipToBlock(c: Cursor): void {
  while (!c.atEnd && !c.at(';') && !c.at('}') && !c.at('{') && !c.atProbe) c.advance();
  if (c.at('{')) c.panic = false;
}

type If = Extract<Expr, { kind: 'if' }>;

export function parseIf(c: Cursor): If {
  const branches: { readonly start: number; readonly cond: Expr; readonly then: Block }[] = [];
  let otherwise: Block | If | null = null;
  let height = 0;
  // Not by recursion: `else if` may follow a thousand times.
  for (;;) {
    const { start } = c.advance();
    const cond = parseCondition(c);
    height = Math.max(height, c.height);
    branches.push({ start, cond, then: parseBlock(c, 'value') });
    height = Math.max(height, c.height);
    if (c.panic || !c.accept('else')) break;
    if (c.at('if') && c.link(branches.length, c.tokenSpan)) continue;
    otherwise = parseBlock(c, 'value');
    height = Math.max(height, c.height);
    break;
  }
  for (const { start, cond, then } of branches.toReversed())
    otherwise = { kind: 'if', cond, then, else: otherwise, span: c.spanFrom(start) };
  const expr = otherwise as If;
  c.grow(height + 1, expr.span);
  return expr;
}
