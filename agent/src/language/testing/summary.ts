/** Trees as one line of text, for tests: `(= @x[pid] (call count))`. */
import type { AttachPoint, Block, CType, CTypeDef, Expr, Item, Program, Stmt, TypeName } from '../ast.ts';

export function summarize(program: Program): string {
  return program.items.map(summarizeItem).join('\n');
}

export function summarizeItem(item: Item): string {
  switch (item.kind) {
    case 'probe': {
      const points = item.attachPoints.map(attachPoint).join(', ');
      const predicate = item.predicate === null ? '' : ` /${summarizeExpr(item.predicate)}/`;
      return `${points}${predicate} ${block(item.body)}`;
    }
    case 'macro': {
      const params = item.params.map((p) => `${p.kind}:${p.name}${p.type === null ? '' : `:${summarizeType(p.type)}`}`);
      return `macro ${item.name}(${params.join(', ')}) ${block(item.body)}`;
    }
    case 'function': {
      const params = item.params.map((p) => `${p.name}:${summarizeType(p.type)}`);
      return `fn ${item.name}(${params.join(', ')}):${summarizeType(item.returns)} ${block(item.body)}`;
    }
    case 'map-decl':
      return `let @${item.name} = ${item.mapType}(${summarizeExpr(item.maxEntries)})`;
    case 'import':
      return `import ${JSON.stringify(item.path)}`;
  }
}

function attachPoint(point: AttachPoint): string {
  return `${point.name === null ? '' : `${point.name}=`}[${point.parts.join('|')}]`;
}

function block(node: Block): string {
  const value = node.value === null ? [] : [`=> ${summarizeExpr(node.value)}`];
  return `{${[...node.statements.map(summarizeStmt), ...value].join('; ')}}`;
}

export function summarizeStmt(stmt: Stmt): string {
  switch (stmt.kind) {
    case 'expr-stmt':
      return summarizeExpr(stmt.expr);
    case 'assign':
      return `(${stmt.op} ${summarizeExpr(stmt.target)} ${summarizeExpr(stmt.value)})`;
    case 'discard':
      return `(discard ${summarizeExpr(stmt.value)})`;
    case 'let': {
      const type = stmt.type === null ? '' : `:${summarizeType(stmt.type)}`;
      return `(let $${stmt.name}${type}${stmt.value === null ? '' : ` ${summarizeExpr(stmt.value)}`})`;
    }
    case 'while':
      return `(while ${summarizeExpr(stmt.cond)} ${block(stmt.body)})`;
    case 'unroll':
      return `(unroll ${summarizeExpr(stmt.count)} ${block(stmt.body)})`;
    case 'for-map':
      return `(for $${stmt.name} ${summarizeExpr(stmt.map)} ${block(stmt.body)})`;
    case 'for-range':
      return `(for $${stmt.name} ${summarizeExpr(stmt.from)}..${summarizeExpr(stmt.to)} ${block(stmt.body)})`;
    case 'return':
      return stmt.value === null ? '(return)' : `(return ${summarizeExpr(stmt.value)})`;
    case 'block':
      return block(stmt);
    case 'import-stmt':
      return `(import ${JSON.stringify(stmt.path)})`;
    case 'break':
    case 'continue':
    case 'error':
      return `(${stmt.kind})`;
  }
}

export function summarizeType(type: TypeName): string {
  const { base } = type;
  const name =
    base.kind === 'typeof'
      ? `typeof(${typeOrExpr(base.of)})`
      : `${base.tag === null ? '' : `${base.tag} `}${base.name}`;
  return name + type.suffixes.map((suffix) => (suffix === '*' ? '*' : `[${suffix.count ?? ''}]`)).join('');
}

function typeOrExpr(node: TypeName | Expr): string {
  return node.kind === 'type-name' ? `<${summarizeType(node)}>` : summarizeExpr(node);
}

const join = (head: string, parts: readonly string[]): string => `(${[head, ...parts].join(' ')})`;

export function summarizeExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'int':
      return `${expr.value}${expr.duration ? 'ns' : ''}`;
    case 'string':
      return JSON.stringify(expr.value);
    case 'bool':
      return String(expr.value);
    case 'ident':
      return expr.name;
    case 'variable':
      return `$${expr.name}`;
    case 'positional':
      return expr.index === 0 ? '$#' : `$${expr.index}`;
    case 'map':
      return `@${expr.name}${expr.keys === null ? '' : `[${expr.keys.map(summarizeExpr).join(', ')}]`}`;
    case 'call':
      return join(`call ${expr.name}`, expr.args.map(summarizeExpr));
    case 'binary':
      return join(expr.op, [summarizeExpr(expr.left), summarizeExpr(expr.right)]);
    case 'unary':
      return join(`u${expr.op}`, [summarizeExpr(expr.operand)]);
    case 'update':
      return join(expr.prefix ? `${expr.op}_` : `_${expr.op}`, [summarizeExpr(expr.target)]);
    case 'ternary':
      return join('?', [expr.cond, ...(expr.then === null ? [] : [expr.then]), expr.else].map(summarizeExpr));
    case 'if': {
      const otherwise =
        expr.else === null ? [] : [expr.else.kind === 'if' ? summarizeExpr(expr.else) : block(expr.else)];
      return join('if', [summarizeExpr(expr.cond), block(expr.then), ...otherwise]);
    }
    case 'block-expr':
      return block(expr.block);
    case 'member':
      return `${summarizeExpr(expr.object)}${expr.arrow ? '->' : '.'}${expr.name}`;
    case 'tuple-member':
      return `${summarizeExpr(expr.object)}.${expr.index}`;
    case 'index':
      return `${summarizeExpr(expr.object)}[${summarizeExpr(expr.index)}]`;
    case 'cast':
      return join(`<${summarizeType(expr.type)}>`, [summarizeExpr(expr.operand)]);
    case 'tuple':
      return join('tuple', expr.elements.map(summarizeExpr));
    case 'record':
      return join(
        'record',
        expr.fields.map((field) => `${field.name}=${summarizeExpr(field.value)}`),
      );
    case 'sizeof':
    case 'typeof':
    case 'typeinfo':
      return join(expr.kind, [typeOrExpr(expr.of)]);
    case 'offsetof':
      return join('offsetof', [typeOrExpr(expr.of), expr.path.join('.')]);
    case 'comptime':
      return join('comptime', [summarizeExpr(expr.expr)]);
    case 'error':
      return '(error)';
  }
}

export function summarizeCType(type: CType): string {
  switch (type.kind) {
    case 'name':
      return type.name;
    case 'tagged':
      return `${type.tag} ${type.name}`;
    case 'inline':
      return summarizeDef(type.def);
    case 'pointer':
      return `*${summarizeCType(type.to)}`;
    case 'function':
      return 'function';
    case 'array':
      return `[${type.count ?? ''}]${summarizeCType(type.of)}`;
  }
}

export function summarizeDef(def: CTypeDef): string {
  if (def.kind === 'typedef') return `typedef ${def.name} = ${summarizeCType(def.type)}`;
  if (def.kind === 'enum') return `enum ${def.name} {${def.members.map((m) => `${m.name}=${m.value}`).join(', ')}}`;
  const members = def.members.map((m) => `${m.name}: ${summarizeCType(m.type)}${m.bits === null ? '' : `:${m.bits}`}`);
  const attributes = `${def.packed ? ' packed' : ''}${def.align === null ? '' : ` aligned(${def.align})`}`;
  return `${def.kind} ${def.name} {${members.join(', ')}}${attributes}`;
}
