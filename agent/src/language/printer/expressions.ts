/** Expressions and types as documents, with no more parentheses than the tree needs. */
import type { Expr, TypeName } from '../ast.ts';
import type { Span } from '../diagnostic.ts';
import { PRECEDENCE } from '../parser/expressions.ts';
import { isValueWord } from '../parser/token.ts';
import type { Doc } from './doc.ts';
import { group, hard, indent, line, soft } from './doc.ts';
import { quote } from './literals.ts';
import type { BlockPrinter } from './statements.ts';

/** How tightly an expression binds: 0 stands alone, 1 to 10 binary operators, then prefix, postfix, and atoms. */
const PREFIX = 11;
const POSTFIX = 12;
const ATOM = 13;

const BINDING: Readonly<Partial<Record<Expr['kind'], number>>> = {
  ternary: 0,
  if: 0,
  'block-expr': 0,
  unary: PREFIX,
  cast: PREFIX,
  comptime: PREFIX,
  member: POSTFIX,
  'tuple-member': POSTFIX,
  index: POSTFIX,
};

function binding(expr: Expr): number {
  if (expr.kind === 'binary') return PRECEDENCE.get(expr.op) ?? 0;
  if (expr.kind === 'update') return expr.prefix ? PREFIX : POSTFIX;
  return BINDING[expr.kind] ?? ATOM;
}

export function printExpr(expr: Expr, blocks: BlockPrinter): Doc {
  return new ExpressionPrinter(blocks).print(expr);
}

export function printType(type: TypeName, blocks: BlockPrinter): Doc {
  return new ExpressionPrinter(blocks).type(type);
}

interface ListItem {
  readonly span: Span;
  readonly print: () => Doc;
}

class ExpressionPrinter {
  private readonly blocks: BlockPrinter;

  constructor(blocks: BlockPrinter) {
    this.blocks = blocks;
  }

  print(expr: Expr): Doc {
    switch (expr.kind) {
      case 'int':
        return expr.text;
      case 'string':
        return quote(expr.value);
      case 'bool':
        return String(expr.value);
      case 'ident':
        return expr.name;
      case 'variable':
        return `$${expr.name}`;
      case 'positional':
        return expr.index === 0 ? '$#' : `$${expr.index}`;
      case 'map':
        return expr.keys === null ? `@${expr.name}` : this.list(`@${expr.name}[`, this.all(expr.keys), ']', expr.span);
      case 'call':
        return this.list(`${expr.name}(`, this.all(expr.args), ')', expr.span);
      case 'binary':
        return this.binary(expr);
      case 'unary':
        return [expr.op, this.prefixOperand(expr.operand, expr.op)];
      case 'update':
        return expr.prefix
          ? [expr.op, this.prefixOperand(expr.target, expr.op)]
          : [this.operand(expr.target, POSTFIX), expr.op];
      case 'ternary':
        return this.ternary(expr);
      case 'if':
        return this.blocks.printIf(expr, 'value');
      case 'block-expr':
        return this.blocks.printBlock(expr.block, 'value');
      case 'member':
        return [this.operand(expr.object, POSTFIX), expr.arrow ? '->' : '.', expr.name];
      case 'tuple-member':
        return [this.memberOwner(expr.object), expr.arrow ? '->' : '.', String(expr.index)];
      case 'index':
        return this.index(expr);
      case 'cast':
        return ['(', this.type(expr.type), ')', this.castOperand(expr.operand)];
      case 'tuple':
        return this.tuple(expr);
      case 'record':
        return this.list(
          '(',
          expr.fields.map((field) => this.field(field)),
          ')',
          expr.span,
        );
      case 'sizeof':
      case 'typeof':
      case 'typeinfo':
        return [expr.kind, '(', this.typeOrExpr(expr.of), ')'];
      case 'offsetof':
        return ['offsetof(', this.typeOrExpr(expr.of), ', ', expr.path.join('.'), ')'];
      case 'comptime':
        return ['comptime ', this.operand(expr.expr, PREFIX)];
      case 'error':
        return '';
    }
  }

  type(type: TypeName): Doc {
    const { base } = type;
    const name: Doc =
      base.kind === 'typeof'
        ? ['typeof(', this.typeOrExpr(base.of), ')']
        : `${base.tag === null ? '' : `${base.tag} `}${base.name}`;
    const suffixes = type.suffixes.map((suffix, i) => {
      if (suffix !== '*') return `[${suffix.count ?? ''}]`;
      return type.suffixes[i - 1] === '*' ? '*' : ' *';
    });
    return [name, ...suffixes];
  }

  private all(exprs: readonly Expr[]): ListItem[] {
    return exprs.map((expr) => ({ span: expr.span, print: () => this.print(expr) }));
  }

  private field({ name, value, span }: Extract<Expr, { kind: 'record' }>['fields'][number]): ListItem {
    return { span, print: () => [name, ' = ', this.print(value)] };
  }

  /** `open item, item close`, broken one a line when too long or when comments end lines. */
  private list(open: string, items: readonly ListItem[], close: string, { end }: Span): Doc {
    if (items.length === 0) return open + close;
    const { comments } = this.blocks;
    const docs: Doc[] = [];
    let last: Doc = soft;
    items.forEach(({ span, print }, i) => {
      if (i === 0) docs.push(soft, ...comments.gap(null, span.start).before);
      docs.push(print());
      const next = items[i + 1];
      const gap = comments.gap(span.end, next?.span.start ?? end);
      docs.push(...gap.with);
      if (next !== undefined) {
        docs.push(',', ...gap.behind, gap.behind.length > 0 ? hard : line, ...gap.before);
        return;
      }
      docs.push(...gap.behind);
      if (gap.before.length > 0) docs.push(gap.behind.length > 0 ? hard : line, ...gap.before.slice(0, -1));
      if (gap.behind.length > 0 || gap.before.at(-1) === hard) last = hard;
    });
    return group([open, indent(docs), last, close]);
  }

  /** In parentheses when it binds less than `least`. */
  private operand(expr: Expr, least: number): Doc {
    const doc = this.print(expr);
    return binding(expr) < least ? ['(', doc, ')'] : doc;
  }

  /** `-` in front of `-x` would read `--x`, `&` in front of `&x` would read `&&x`. */
  private prefixOperand(expr: Expr, op: string): Doc {
    const clash =
      (expr.kind === 'unary' && op.startsWith(expr.op)) ||
      (expr.kind === 'update' && expr.prefix && expr.op.startsWith(op[0] ?? ''));
    return clash ? [' ', this.print(expr)] : this.operand(expr, PREFIX);
  }

  /** `(name)++x` would read as `(name)++`. */
  private castOperand(expr: Expr): Doc {
    return expr.kind === 'update' && expr.prefix ? ['(', this.print(expr), ')'] : this.operand(expr, PREFIX);
  }

  /** `(1).0`: without parentheses it would be a number with a fraction. */
  private memberOwner(object: Expr): Doc {
    const doc = this.operand(object, POSTFIX);
    return object.kind === 'int' ? ['(', doc, ')'] : doc;
  }

  private index(expr: Extract<Expr, { kind: 'index' }>): Doc {
    // `@m[k]` is a map with a key: indexing a bare map value needs parentheses.
    const object = this.print(expr.object);
    const bare = (expr.object.kind === 'map' && expr.object.keys === null) || binding(expr.object) < POSTFIX;
    return [bare ? ['(', object, ')'] : object, this.list('[', this.all([expr.index]), ']', expr.span)];
  }

  /** A chain of operators of one precedence breaks as one. */
  private binary(expr: Extract<Expr, { kind: 'binary' }>): Doc {
    const precedence = binding(expr);
    const chain: Extract<Expr, { kind: 'binary' }>[] = [];
    let first: Expr = expr;
    for (; first.kind === 'binary' && binding(first) === precedence; first = first.left) chain.push(first);
    const head = this.operand(first, precedence);
    const parts = chain.reverse().map(({ op, left, right }): Doc => {
      const gap = this.blocks.comments.gap(left.span.end, right.span.start);
      const behind = [...gap.with, ...gap.behind];
      return [
        ` ${op}`,
        ...behind,
        gap.behind.length > 0 ? hard : line,
        ...gap.before,
        this.operand(right, precedence + 1),
      ];
    });
    return group([head, indent(parts)]);
  }

  private ternary(expr: Extract<Expr, { kind: 'ternary' }>): Doc {
    const cond = this.operand(expr.cond, 1);
    if (expr.then === null) return group([cond, indent([line, '?: ', this.print(expr.else)])]);
    return group([cond, indent([line, '? ', this.print(expr.then), line, ': ', this.print(expr.else)])]);
  }

  private tuple(expr: Extract<Expr, { kind: 'tuple' }>): Doc {
    const { elements } = expr;
    const [only] = elements;
    if (elements.length === 1 && only !== undefined) return ['(', this.print(only), ',)'];
    return this.list('(', this.all(elements), ')', expr.span);
  }

  private typeOrExpr(of: TypeName | Expr): Doc {
    if (of.kind === 'type-name') return this.type(of);
    return readsAsType(of) ? ['(', this.print(of), ')'] : this.print(of);
  }
}

/** `sizeof(name)` and `sizeof(name[4])` take a type; a value of that form is put in parentheses. */
function readsAsType(expr: Expr): boolean {
  if (expr.kind === 'index') return expr.object.kind === 'typeof' || readsAsType(expr.object);
  return expr.kind === 'ident' && !isValueWord(expr.name);
}
