/** Statements and blocks. */
import type { AssignOp, Block, Expr, Stmt } from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { errorNode, parseCondition, parseIf, parseStringToken } from './primary.ts';
import { describeToken } from './token.ts';
import { parseTypeName } from './type-names.ts';

const ASSIGN: ReadonlySet<string> = new Set<AssignOp>([
  ...(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='] as const),
]);

/**
 * `value`: the last expression without `;` is the block's value. `statement`: it is one more statement (`exit()` before
 * `}` needs no `;`). Height: of the highest statement, plus one.
 */
export function parseBlock(c: Cursor, use: 'value' | 'statement'): Block {
  return c.nested(
    () => parseBlockBody(c, use),
    () => ({ kind: 'block', statements: [], value: null, span: errorNode(c).span }),
  );
}

function parseBlockBody(c: Cursor, use: 'value' | 'statement'): Block {
  const open = c.token;
  if (!c.expect('{', 'to begin a block'))
    return { kind: 'block', statements: [], value: null, span: errorNode(c).span };
  const predicate = c.inPredicate;
  c.inPredicate = false;
  const statements: Stmt[] = [];
  let value: Expr | null = null;
  let height = 0;
  while (!c.at('}')) {
    if (c.atEnd || c.atProbe) {
      unclosed(c, open);
      break;
    }
    if (c.accept(';')) continue;
    const { start } = c.token;
    const statement = parseStatement(c);
    // What is broken may be too high, which was said already.
    if (!c.panic) height = Math.max(height, c.height);
    if (c.panic) {
      statements.push(statement);
      recover(c);
    } else if (use === 'value' && c.at('}') && asValue(statement) !== null) {
      value = asValue(statement);
    } else {
      statements.push(discardValue(statement));
      if (!endsWithBlock(statement)) terminate(c);
    }
    // Every turn of this loop moves on, whatever mistake was made above.
    if (c.token.start === start && !c.at('}') && !c.atProbe) c.advance();
  }
  c.accept('}');
  c.inPredicate = predicate;
  const span = c.spanFrom(open.start);
  c.grow(height + 1, span);
  return { kind: 'block', statements, value, span };
}

function unclosed(c: Cursor, open: Span): void {
  const message = `expected \`}\` to close this block, found ${describeToken(c.token)}`;
  c.panic = false;
  // At the end of the text every open block is unclosed: the innermost one says it for all.
  if (c.unclosedAt === c.token.start || !c.expectsBraces) return;
  c.unclosedAt = c.token.start;
  c.error({ start: open.start, end: open.end }, message);
}

/** `;` between statements; optional before `}`. */
function terminate(c: Cursor): void {
  if (c.accept(';') || c.at('}') || c.atEnd || c.atProbe) return;
  const end = c.previousEnd;
  const message = `expected \`;\` or \`}\`, found ${describeToken(c.token)}`;
  const otherwise = /^(elif|elsif|elseif)$/.test(lastWord(c)) ? { hint: 'another condition is written `else if`' } : {};
  const here = c.isFirstOnLine ? { start: Math.max(0, end - 1), end } : c.tokenSpan;
  const fix = { span: { start: end, end }, text: ';', title: 'Insert `;`' };
  c.report({ code: 'syntax', severity: 'error', span: here, message, fix, ...otherwise });
  if (c.isFirstOnLine) return;
  c.panic = true;
  recover(c);
}

/** The word that the statement before the current token began with. */
function lastWord(c: Cursor): string {
  const before = c.source.slice(Math.max(0, c.previousEnd - 200), c.previousEnd);
  return /(?:^|[;{}])\s*(\w+)[^;{}]*$/.exec(before)?.[1] ?? '';
}

/** Skips the rest of a broken statement: behind its `;`, or to the `}` of the block or the next probe. */
export function recover(c: Cursor): void {
  let depth = 0;
  while (!c.atEnd) {
    if (depth === 0 && (c.at('}') || c.atProbe)) break;
    const { text } = c.advance();
    if (text === '{') depth++;
    else if (text === '}') depth--;
    else if (text === ';' && depth === 0) break;
  }
  c.panic = false;
}

function endsWithBlock(statement: Stmt): boolean {
  switch (statement.kind) {
    case 'block':
    case 'while':
    case 'unroll':
    case 'for-map':
    case 'for-range':
    case 'error':
      return true;
    case 'expr-stmt':
      return statement.expr.kind === 'if';
    default:
      return false;
  }
}

/** A statement as the value of its block. */
function asValue(statement: Stmt): Expr | null {
  if (statement.kind === 'expr-stmt') return statement.expr;
  if (statement.kind === 'block') return { kind: 'block-expr', block: statement, span: statement.span };
  return null;
}

/** An `if` or block whose value nobody takes: the last expressions of its branches become plain statements. */
function discardValue(statement: Stmt): Stmt {
  if (statement.kind === 'block') return withoutValue(statement);
  if (statement.kind !== 'expr-stmt' || statement.expr.kind !== 'if') return statement;
  return { ...statement, expr: ifWithoutValue(statement.expr) };
}

type If = Extract<Expr, { kind: 'if' }>;

function ifWithoutValue(expr: If): If {
  const branches = [expr];
  let rest = expr.else;
  for (; rest?.kind === 'if'; rest = rest.else) branches.push(rest);
  let otherwise: If['else'] = rest === null ? null : withoutValue(rest);
  for (const branch of branches.toReversed())
    otherwise = { ...branch, then: withoutValue(branch.then), else: otherwise };
  return otherwise as If;
}

function withoutValue(block: Block): Block {
  const { value } = block;
  if (value === null) return block;
  const last: Stmt = value.kind === 'block-expr' ? value.block : { kind: 'expr-stmt', expr: value, span: value.span };
  return { ...block, statements: [...block.statements, discardValue(last)], value: null };
}

function parseStatement(c: Cursor): Stmt {
  const { token } = c;
  if (token.kind === 'word' && Object.hasOwn(STATEMENTS, token.text)) {
    const parse = STATEMENTS[token.text];
    if (parse !== undefined) return parse(c);
  }
  if (token.text === '{') return parseBlock(c, 'value');
  if (token.text === '_' && c.peek().text === '=') {
    c.advance();
    c.advance();
    const value = parseExpression(c);
    return { kind: 'discard', value, span: c.spanFrom(token.start) };
  }
  const expr = parseExpression(c);
  if (c.panic || c.token.kind !== 'punct' || !ASSIGN.has(c.token.text)) {
    return { kind: 'expr-stmt', expr, span: c.spanFrom(token.start) };
  }
  const height = c.height;
  const op = c.advance().text as AssignOp;
  const value = parseExpression(c);
  c.height = Math.max(height, c.height);
  return { kind: 'assign', op, target: expr, value, span: c.spanFrom(token.start) };
}

const STATEMENTS: Readonly<Record<string, (c: Cursor) => Stmt>> = {
  let: parseLet,
  if: (c) => {
    const expr = parseIf(c);
    return { kind: 'expr-stmt', expr, span: expr.span };
  },
  while: (c) => parseLoop(c, (cond, body, span) => ({ kind: 'while', cond, body, span })),
  unroll: (c) => parseLoop(c, (count, body, span) => ({ kind: 'unroll', count, body, span })),
  for: parseFor,
  break: (c) => parseJump(c, 'break'),
  continue: (c) => parseJump(c, 'continue'),
  return: parseReturn,
  import: parseImportStatement,
};

function parseJump(c: Cursor, kind: 'break' | 'continue'): Stmt {
  const span = c.tokenSpan;
  c.advance();
  c.height = 0;
  return { kind, span };
}

function parseReturn(c: Cursor): Stmt {
  const { start } = c.advance();
  c.height = 0;
  const value = c.at(';') || c.at('}') ? null : parseExpression(c);
  return { kind: 'return', value, span: c.spanFrom(start) };
}

function parseImportStatement(c: Cursor): Stmt {
  const { start } = c.advance();
  c.height = 0;
  let path = '';
  if (c.token.kind === 'string') path = parseStringToken(c);
  else c.unexpected('the path to import, as a string');
  return { kind: 'import-stmt', path, span: c.spanFrom(start) };
}

/** The `$name` that a statement declares. */
function parseVariableName(c: Cursor, why: string): { name: string; nameSpan: Span } {
  const nameSpan = c.tokenSpan;
  if (c.token.kind === 'variable') return { name: c.advance().text.slice(1), nameSpan };
  c.unexpected(`a variable \`$name\` ${why}`);
  return { name: '', nameSpan };
}

function parseLet(c: Cursor): Stmt {
  const { start } = c.advance();
  c.height = 0;
  const { name, nameSpan } = parseVariableName(c, 'behind `let`');
  const type = !c.panic && c.accept(':') ? parseTypeName(c) : null;
  const value = !c.panic && c.accept('=') ? parseExpression(c) : null;
  return { kind: 'let', name, nameSpan, type, value, span: c.spanFrom(start) };
}

function parseLoop(c: Cursor, build: (header: Expr, body: Block, span: Span) => Stmt): Stmt {
  const { start } = c.advance();
  const header = parseCondition(c);
  const height = c.height;
  const body = parseBlock(c, 'statement');
  c.height = Math.max(height, c.height) + 1;
  return build(header, body, c.spanFrom(start));
}

/** `for ($kv : @map) {}`, `for ($i : from..to) {}`, with or without the parentheses. */
function parseFor(c: Cursor): Stmt {
  const { start } = c.advance();
  const parenthesis = c.accept('(');
  const { name, nameSpan } = parseVariableName(c, 'of the loop, as in `for ($i : 0..10)`');
  if (!c.panic && !c.accept(':')) {
    c.unexpected('`:` behind the variable of the loop', 'loops are `for ($i : 0..10)` and `for ($kv : @map)`');
  }
  const from = parseExpression(c);
  let height = c.height;
  let to: Expr | null = null;
  if (!c.panic && c.accept('..')) {
    to = parseExpression(c);
    height = Math.max(height, c.height);
  }
  const hint = 'loops are `for ($i : 0..10)` over a range and `for ($kv : @map)` over a map';
  if (!c.panic && to === null && from.kind !== 'map')
    c.error(from.span, 'a `for` loop runs over a map or a range', hint);
  if (parenthesis && !c.panic) c.expect(')', 'to close `for (`');
  const broken = c.panic;
  if (broken) skipHeader(c);
  const body = parseBlock(c, 'statement');
  c.height = Math.max(height, c.height) + 1;
  const span = c.spanFrom(start);
  if (to !== null) return { kind: 'for-range', name, nameSpan, from, to, body, span };
  if (from.kind === 'map') return { kind: 'for-map', name, nameSpan, map: from, body, span };
  return { kind: 'error', span };
}

function skipHeader(c: Cursor): void {
  while (!c.atEnd && !c.at('}') && !c.at('{') && !c.atProbe) c.advance();
  if (c.at('{')) c.panic = false;
}
