/** Statements and blocks as documents; comments go where they were, to the next place where a line begins. */
import type { Block, Expr, Stmt } from '../ast.ts';
import type { CommentQueue } from './comments.ts';
import type { Doc } from './doc.ts';
import { group, hard, indent, line } from './doc.ts';
import { printExpr, printType } from './expressions.ts';
import { quote } from './literals.ts';

export type BlockUse = 'value' | 'statement';

export class BlockPrinter {
  readonly comments: CommentQueue;

  constructor(comments: CommentQueue) {
    this.comments = comments;
  }

  printBlock(block: Block, use: BlockUse): Doc {
    const only = block.statements.length === 0 ? block.value : null;
    if (only !== null && !this.comments.hasBefore(block.span.end)) {
      return group(['{', indent([line, printExpr(only, this)]), line, '}']);
    }
    const lines = this.lines(block, use);
    return lines.length === 0 ? '{ }' : ['{', indent(lines), hard, '}'];
  }

  private lines(block: Block, use: BlockUse): Doc[] {
    const out: Doc[] = [];
    const { statements, value } = block;
    statements.forEach((statement, i) => {
      const isLast = i === statements.length - 1 && value === null;
      out.push(
        ...this.comments.leading(
          isCompound(statement) ? headerEnd(statement) : statement.span.start,
          statement.span.start,
          out.length === 0,
        ),
      );
      out.push(this.printStatement(statement));
      out.push(isCompound(statement) ? this.blockTerminator(statement, use, isLast) : ';');
      out.push(...this.behind(statement.span.end));
    });
    if (value !== null) {
      const end = value.kind === 'if' ? value.then.span.start : value.span.start;
      out.push(...this.comments.leading(end, value.span.start, out.length === 0));
      out.push(printExpr(value, this), ...this.behind(value.span.end));
    }
    out.push(...this.comments.dangling(block.span.end, out.length === 0));
    return out;
  }

  private behind(end: number): Doc[] {
    const { docs, closed } = this.comments.rest(end);
    return closed ? [...docs] : [...docs, ...this.comments.trailing(end)];
  }

  /** A last `if` or block without `;` would be taken for the value of its block. */
  private blockTerminator(statement: Stmt, use: BlockUse, isLast: boolean): Doc {
    const couldBeValue = statement.kind === 'expr-stmt' || statement.kind === 'block';
    return use === 'value' && isLast && couldBeValue ? ';' : '';
  }

  printIf(expr: Extract<Expr, { kind: 'if' }>, use: BlockUse): Doc {
    const parts: Doc[] = [];
    let at: Expr | Block | null = expr;
    for (; at?.kind === 'if'; at = at.else) {
      parts.push('if (', printExpr(at.cond, this), ') ', this.printBlock(at.then, use), this.printElse(at));
    }
    if (at?.kind === 'block') parts.push(this.printBlock(at, use));
    return parts;
  }

  /** With comments in front of it, `else` has a line of its own. */
  private printElse(expr: Extract<Expr, { kind: 'if' }>): Doc {
    const otherwise = expr.else;
    if (otherwise === null) return '';
    const start = otherwise.kind === 'if' ? otherwise.then.span.start : otherwise.span.start;
    const comments = this.comments.between(expr.then.span.end, start);
    return comments.length === 0 ? ' else ' : [...comments, hard, 'else '];
  }

  private printStatement(stmt: Stmt): Doc {
    const print = (expr: Expr): Doc => printExpr(expr, this);
    switch (stmt.kind) {
      case 'expr-stmt':
        if (stmt.expr.kind === 'if') return this.printIf(stmt.expr, 'statement');
        return stmt.expr.kind === 'block-expr' ? ['(', print(stmt.expr), ')'] : print(stmt.expr);
      case 'assign':
        return [print(stmt.target), ` ${stmt.op} `, print(stmt.value)];
      case 'discard':
        return ['_ = ', print(stmt.value)];
      case 'let':
        return [
          `let $${stmt.name}`,
          stmt.type === null ? '' : [' : ', printType(stmt.type, this)],
          stmt.value === null ? '' : [' = ', print(stmt.value)],
        ];
      case 'while':
        return ['while (', print(stmt.cond), ') ', this.printBlock(stmt.body, 'statement')];
      case 'unroll':
        return ['unroll (', print(stmt.count), ') ', this.printBlock(stmt.body, 'statement')];
      case 'for-map':
        return [`for ($${stmt.name} : `, print(stmt.map), ') ', this.printBlock(stmt.body, 'statement')];
      case 'for-range':
        return [
          `for ($${stmt.name} : `,
          print(stmt.from),
          '..',
          print(stmt.to),
          ') ',
          this.printBlock(stmt.body, 'statement'),
        ];
      case 'return':
        return stmt.value === null ? 'return' : ['return ', print(stmt.value)];
      case 'block':
        return this.printBlock(stmt, 'statement');
      case 'import-stmt':
        return `import ${quote(stmt.path)}`;
      case 'break':
      case 'continue':
        return stmt.kind;
      case 'error':
        return '';
    }
  }
}

/** Ends with a block: no `;` behind it, and comments inside stay inside. */
function isCompound(stmt: Stmt): boolean {
  return headerEnd(stmt) !== -1;
}

/** Where the first block of a compound statement begins; -1 for others. */
function headerEnd(stmt: Stmt): number {
  switch (stmt.kind) {
    case 'block':
      return stmt.span.start;
    case 'while':
    case 'unroll':
    case 'for-map':
    case 'for-range':
      return stmt.body.span.start;
    case 'expr-stmt':
      return stmt.expr.kind === 'if' ? stmt.expr.then.span.start : -1;
    default:
      return -1;
  }
}
