/** The checked program as text, one statement a line: `-d types`, and what tests compare. Actions are numbered: `emit #0(...)` does `#0`. */
import type { HirBlock, HirExpr, HirProgram, HirStmt } from './hir.ts';
import { typeName } from './type-name.ts';

export function printHir(program: HirProgram): string {
  const lines: string[] = [];
  for (const map of program.maps) {
    const key = map.key === null ? '' : `[${typeName(map.key)}]`;
    lines.push(`map ${map.name}${key}: ${typeName(map.value)}`);
  }
  for (const [index, action] of program.actions.entries()) {
    const map = 'map' in action && action.map !== null ? ` ${program.maps[action.map]?.name ?? ''}` : '';
    const args = 'args' in action ? `(${action.args.map(typeName).join(', ')})` : '';
    lines.push(`#${String(index)}: ${action.kind}${map}${args}`);
  }
  for (const fn of program.functions) {
    const params = fn.params.map((one) => `${one.name}: ${typeName(one.type)}`).join(', ');
    lines.push(`fn ${fn.name}(${params}): ${typeName(fn.returns)}`, ...block(fn.body, '  '));
  }
  for (const probe of program.probes) {
    lines.push(probe.probes.map((one) => one.name).join(', '), ...block(probe.body, '  '));
  }
  return lines.join('\n');
}

function block(body: HirBlock, indent: string): string[] {
  return body.statements.flatMap((stmt) => statement(stmt, indent));
}

function statement(s: HirStmt, indent: string): string[] {
  const inner = `${indent}  `;
  switch (s.kind) {
    case 'expr':
      return [indent + printExpr(s.expr)];
    case 'set':
      return [`${indent}${printExpr(s.place)} = ${printExpr(s.value)}`];
    case 'set-op':
      return [`${indent}${printExpr(s.place)} ${s.op}= ${printExpr(s.value)}`];
    case 'aggregate': {
      const key = s.key === null ? '' : `[${printExpr(s.key)}]`;
      return [`${indent}${s.map.name}${key} <- ${typeName(s.map.value)}(${list(s.args)})`];
    }
    case 'emit':
      return [`${indent}emit #${String(s.action)}(${list(s.args)})`];
    case 'if':
      return ifLines(s, indent);
    case 'while':
      return [`${indent}while ${printExpr(s.cond)}`, ...block(s.body, inner)];
    case 'unroll':
      return [`${indent}unroll ${String(s.count)}`, ...block(s.body, inner)];
    case 'for-range':
      return [`${indent}for ${s.local.name} in ${printExpr(s.from)}..${printExpr(s.to)}`, ...block(s.body, inner)];
    case 'for-map':
      return [`${indent}for ${s.local.name} in ${s.map.name}`, ...block(s.body, inner)];
    case 'return':
      return [`${indent}return${s.value === null ? '' : ` ${printExpr(s.value)}`}`];
    case 'block':
      return [`${indent}block`, ...block(s.block, inner)];
    default:
      return [indent + s.kind];
  }
}

/** `else` with nothing but an `if` goes on in one line: long chains are not indented ever deeper. */
function ifLines(s: Extract<HirStmt, { kind: 'if' }>, indent: string): string[] {
  const inner = `${indent}  `;
  const lines: string[] = [];
  for (let at = s, word = 'if'; ; word = 'else if') {
    lines.push(`${indent}${word} ${printExpr(at.cond)}`, ...block(at.then, inner));
    const [only, ...more] = at.else?.statements ?? [];
    if (only?.kind === 'if' && more.length === 0) {
      at = only;
      continue;
    }
    if (at.else !== null) lines.push(`${indent}else`, ...block(at.else, inner));
    return lines;
  }
}

const list = (exprs: readonly HirExpr[]): string => exprs.map(printExpr).join(', ');

/** Every expression with its type where the type is not obvious from its parts. */
export function printExpr(e: HirExpr): string {
  switch (e.kind) {
    case 'const':
      return `${String(e.value)}:${typeName(e.type)}`;
    case 'string':
      return JSON.stringify(e.value);
    case 'bytes':
      return `bytes(${[...e.value].join(' ')})`;
    case 'local':
      return e.local.name;
    case 'map':
      return e.key === null ? e.map.name : `${e.map.name}[${printExpr(e.key)}]`;
    case 'aggregate-get':
      return `${e.map.name}${e.key === null ? '' : `[${printExpr(e.key)}]`}.get`;
    case 'map-has':
      return `has(${e.map.name}, ${printExpr(e.key)})`;
    case 'map-delete':
      return `delete(${e.map.name}${e.key === null ? '' : `, ${printExpr(e.key)}`}${e.checked ? ', checked' : ''})`;
    case 'map-len':
      return `len(${e.map.name})`;
    case 'arithmetic':
    case 'compare':
    case 'logical':
      return `(${printExpr(e.left)} ${e.op} ${printExpr(e.right)}):${typeName(e.kind === 'compare' ? e.left.type : e.type)}`;
    case 'compare-memory': {
      const length = e.length === null ? '' : `, ${String(e.length)}`;
      return `bytes(${printExpr(e.left)} ${e.op} ${printExpr(e.right)}${length})`;
    }
    case 'not':
    case 'negate':
    case 'complement':
      return `${e.kind}(${printExpr(e.operand)})`;
    case 'select':
      return `(${printExpr(e.cond)} ? ${printExpr(e.then)} : ${printExpr(e.else)})`;
    case 'cast':
      return `(${typeName(e.type)})${printExpr(e.operand)}`;
    case 'update':
      return e.prefix ? `${e.op}${printExpr(e.place)}` : `${printExpr(e.place)}${e.op}`;
    case 'builtin':
      return `${e.name}${e.param === null ? '' : `(${e.param})`}:${typeName(e.type)}`;
    case 'call': {
      const literals = e.literals.map((one) => (typeof one === 'string' ? JSON.stringify(one) : String(one)));
      return `${e.name}(${[...e.args.map(printExpr), ...literals].join(', ')}):${typeName(e.type)}`;
    }
    case 'invoke':
      return `${e.fn.name}(${list(e.args)})`;
    case 'context':
      return 'args';
    case 'deref':
      return `*${e.pointer.type.kind === 'pointer' ? `${e.pointer.type.space} ` : ''}${printExpr(e.pointer)}`;
    case 'member':
      return `${printExpr(e.object)}.${e.field.name}:${typeName(e.type)}`;
    case 'element':
      return `${printExpr(e.object)}.${String(e.index)}`;
    case 'index':
      return `${printExpr(e.object)}[${printExpr(e.index)}]:${typeName(e.type)}`;
    case 'address-of':
      return `&${printExpr(e.operand)}`;
    case 'tuple':
      return `(${list(e.elements)})`;
    case 'block':
      return `{${e.block.statements.map((one) => statement(one, '').join('; ')).join('; ')}; ${printExpr(e.value)}}`;
  }
}
