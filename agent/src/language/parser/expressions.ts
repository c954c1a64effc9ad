/**
 * Expressions by precedence climbing. `parseExpression` is the entry; blocks and statements call it and it calls them
 * (`if` and `{ }` are expressions), so these files import each other.
 */
import type { BinaryOp, Expr, TypeName, UnaryOp } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import { errorNode, parseList, parseParenthesisRest, parsePrimary } from './primary.ts';
import type { Token } from './token.ts';
import { describeToken } from './token.ts';
import {
  lookForType,
  parseParenthesisedTypeOrExpression,
  parseTypeName,
  parseTypeSuffixes,
  skipTypeSuffixes,
} from './type-names.ts';

/** Binary operators, all left-associative; a higher number binds tighter. */
export const PRECEDENCE: ReadonlyMap<string, number> = new Map<BinaryOp, number>([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['>', 7],
  ['<=', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);

const UNARY: ReadonlySet<string> = new Set<UnaryOp>(['-', '!', '~', '*', '&']);
const EXPRESSION_KEYWORDS: ReadonlySet<string> = new Set([
  ...['true', 'false', 'if', 'sizeof', 'offsetof', 'typeof', 'typeinfo', 'comptime', 'config'],
]);
const STATEMENT_KEYWORDS: ReadonlySet<string> = new Set([
  ...['break', 'continue', 'else', 'fn', 'for', 'import', 'let', 'macro', 'return', 'unroll', 'while'],
]);
const EXPRESSION_PUNCTUATION: ReadonlySet<string> = new Set(['(', '++', '--', ...UNARY]);

/** Whether an expression may begin here, `{` left aside: behind `(name)` it is a block, not an operand. */
export function startsExpression(token: Token): boolean {
  if (token.kind === 'punct') return EXPRESSION_PUNCTUATION.has(token.text);
  if (token.kind === 'word') return EXPRESSION_KEYWORDS.has(token.text) || !STATEMENT_KEYWORDS.has(token.text);
  return token.kind !== 'eof' && token.kind !== 'bad';
}

export function parseExpression(c: Cursor): Expr {
  return c.nested(
    () => parseTernary(c),
    () => errorNode(c),
  );
}

/** `a ? b : c ? d : e`: what follows `:` is read in the loop, not by recursion. */
function parseTernary(c: Cursor): Expr {
  const choices: { readonly start: number; readonly cond: Expr; readonly then: Expr | null }[] = [];
  let heights = 0;
  for (;;) {
    const start = c.start;
    const cond = parseBinary(c, 1);
    heights = Math.max(heights, c.height);
    if (c.panic || !c.at('?')) return chosen(c, choices, cond, heights);
    if (!c.grow(heights + choices.length + 1, c.spanFrom(start))) return cond;
    c.advance();
    const then = c.at(':') ? null : parseExpression(c);
    if (then !== null) heights = Math.max(heights, c.height);
    if (!c.expect(':', 'and the value for a false condition')) return chosen(c, choices, cond, heights);
    choices.push({ start, cond, then });
  }
}

function chosen(
  c: Cursor,
  choices: readonly { readonly start: number; readonly cond: Expr; readonly then: Expr | null }[],
  last: Expr,
  height: number,
): Expr {
  let expr = last;
  for (const { start, cond, then } of choices.toReversed())
    expr = { kind: 'ternary', cond, then, else: expr, span: c.spanFrom(start) };
  c.grow(height + choices.length, expr.span);
  return expr;
}

function parseBinary(c: Cursor, weakest: number): Expr {
  const start = c.start;
  let left = parseUnary(c);
  let height = c.height;
  let links = 0;
  while (!c.panic && c.token.kind === 'punct') {
    const precedence = PRECEDENCE.get(c.token.text);
    if (precedence === undefined || precedence < weakest || endsPredicate(c)) break;
    const op = c.advance().text as BinaryOp;
    if (!startsExpression(c.token) && !c.at('{')) {
      c.unexpected(`an expression behind \`${op}\``);
      break;
    }
    const right = parseBinary(c, precedence + 1);
    const span = c.spanFrom(start);
    left = { kind: 'binary', op, left, right, span };
    // All links count as one level, see check/chain.ts.
    height = Math.max(links === 0 ? height + 1 : height, c.height + 1);
    c.grow(height, span);
    if (!c.panic) c.link(++links, span);
  }
  c.height = height;
  return left;
}

/** In `/pid == 1/ {` the second slash does not divide. */
function endsPredicate(c: Cursor): boolean {
  if (!c.inPredicate || !c.at('/')) return false;
  const next = c.peek();
  return next.text === '{' || c.bodyNames.has(next.text) || !startsExpression(next);
}

function parseUnary(c: Cursor): Expr {
  if (c.pending !== null) return parsePostfix(c);
  if (c.panic) return errorNode(c);
  const { token } = c;
  if (token.kind === 'punct') {
    if (UNARY.has(token.text))
      return parsePrefix(c, (operand) => ({ kind: 'unary', op: token.text as UnaryOp, operand }));
    if (token.text === '++' || token.text === '--') {
      const op = token.text;
      return parsePrefix(c, (target) => ({ kind: 'update', op, prefix: true, target }));
    }
    if (token.text === '(') return parseCast(c) ?? parsePostfix(c);
  } else if (token.text === 'comptime') {
    return parsePrefix(c, (expr) => ({ kind: 'comptime', expr }));
  }
  return parsePostfix(c);
}

type Spanless<T> = T extends unknown ? Omit<T, 'span'> : never;

function parsePrefix(c: Cursor, build: (operand: Expr) => Spanless<Expr>): Expr {
  const operator = c.advance();
  if (!startsExpression(c.token) && !c.at('{')) {
    c.unexpected(`an expression behind ${describeToken(operator)}`);
    return errorNode(c);
  }
  const operand = parseOperand(c);
  const span = c.spanFrom(operator.start);
  c.grow(c.height + 1, span);
  return { ...build(operand), span } as Expr;
}

function parseOperand(c: Cursor): Expr {
  return c.nested(
    () => parseUnary(c),
    () => errorNode(c),
  );
}

/** `(type) operand`, null when the parenthesis is something else. */
function parseCast(c: Cursor): Expr | null {
  const start = c.token.start;
  const first = c.peek();
  if (first.text === 'typeof') return parseTypeofCast(c);
  if (first.kind !== 'word') return null;
  const ahead = lookForType(c, first);
  if (ahead === null || ahead.after.text !== ')') return null;
  const next = c.tokenAt(ahead.after.end);
  if (!startsExpression(next) || (ahead.bare && (next.text === '++' || next.text === '--'))) return null;
  c.advance();
  const type = parseTypeName(c);
  c.expect(')', 'behind the type');
  const operand = parseOperand(c);
  const span = c.spanFrom(start);
  c.grow(c.height + 1, span);
  return { kind: 'cast', type, operand, span };
}

/**
 * `(typeof(e)) operand`. The parenthesis may also be `(typeof(e).x + 1)`: known only behind `typeof(e)`, which is then
 * kept for parsePrimary rather than read twice.
 */
function parseTypeofCast(c: Cursor): Expr | null {
  const { start } = c.advance();
  const word = c.advance();
  const of = parseParenthesisedTypeOrExpression(c, 'typeof');
  const typeofSpan = c.spanFrom(word.start);
  c.height++;
  const ahead = skipTypeSuffixes(c, c.token);
  if (c.panic || ahead?.text !== ')' || !startsExpression(c.tokenAt(ahead.end))) {
    c.pending = { kind: 'typeof', of, span: typeofSpan };
    c.pending = parseParenthesisRest(c, start);
    return null;
  }
  const suffixes = parseTypeSuffixes(c);
  const type: TypeName = { kind: 'type-name', base: { kind: 'typeof', of }, suffixes, span: c.spanFrom(word.start) };
  c.advance();
  const operand = parseOperand(c);
  const span = c.spanFrom(start);
  c.grow(c.height + 1, span);
  return { kind: 'cast', type, operand, span };
}

function parsePostfix(c: Cursor): Expr {
  const start = c.start;
  let expr = parsePrimary(c);
  let height = c.height;
  while (!c.panic && c.token.kind === 'punct') {
    const { text } = c.token;
    if (text === '.' || text === '->') {
      expr = parseMember(c, expr, start);
    } else if (text === '[') {
      c.advance();
      const [index = errorNode(c), more] = parseList(c, ']', 'to close the index', parseExpression);
      if (more !== undefined) c.error(more.span, 'an index is one value; only maps take several keys');
      expr = { kind: 'index', object: expr, index, span: c.spanFrom(start) };
      height = Math.max(height, c.height);
    } else if (text === '++' || text === '--') {
      c.advance();
      expr = { kind: 'update', op: text, prefix: false, target: expr, span: c.spanFrom(start) };
    } else {
      break;
    }
    c.grow(++height, expr.span);
  }
  c.height = height;
  return expr;
}

function parseMember(c: Cursor, object: Expr, start: number): Expr {
  // Not in parentheses: `1.5`, where `(1).5` has the form of a tuple's member.
  const isNumber = object.kind === 'int' && c.previousEnd === object.span.end;
  const arrow = c.advance().text === '->';
  const { token } = c;
  if (token.kind === 'int' && /^\d{1,6}$/.test(token.text)) {
    c.advance();
    if (isNumber) {
      c.error(c.spanFrom(start), 'there are no floating-point numbers', 'scale it, as in `1500 / 1000`');
      return object;
    }
    return { kind: 'tuple-member', object, index: Number(token.text), arrow, span: c.spanFrom(start) };
  }
  if (token.kind === 'word') {
    c.advance();
    return {
      kind: 'member',
      object,
      name: token.text,
      nameSpan: { start: token.start, end: token.end },
      arrow,
      span: c.spanFrom(start),
    };
  }
  const nameSpan = { start: c.previousEnd, end: c.previousEnd };
  c.unexpected(`a field name behind \`${arrow ? '->' : '.'}\``);
  // Kept without a name: completion asks what could stand here.
  return { kind: 'member', object, name: '', nameSpan, arrow, span: c.spanFrom(start) };
}
