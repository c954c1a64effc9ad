/** Small constructors of checked expressions. */
import type { Span } from '../diagnostic.ts';
import type { HirExpr, HirStmt } from '../hir.ts';
import { BOOL, NONE } from '../types.ts';
import type { AddressSpace, Field, Type } from '../types.ts';
import { stringBytes } from '../string-bytes.ts';
import { literalType, wrap } from './integer.ts';
import { UNKNOWN } from './unknown.ts';

export function constant(value: bigint, type: Type, span: Span): HirExpr {
  return { kind: 'const', type, value: wrap(value, type), span };
}

/** An integer as a literal has it: of the smallest signed type. */
export function literal(value: bigint, span: Span): HirExpr {
  return { kind: 'const', type: literalType(value), value, span };
}

export function bool(value: boolean, span: Span): HirExpr {
  return { kind: 'const', type: BOOL, value: value ? 1n : 0n, span };
}

export function text(value: string, span: Span): HirExpr {
  return { kind: 'string', type: { kind: 'string', size: stringBytes(value).length + 1 }, value, span };
}

export function cast(operand: HirExpr, type: Type, span: Span = operand.span): HirExpr {
  return { kind: 'cast', type, operand, span };
}

export function deref(pointer: HirExpr, type: Type, span: Span): HirExpr {
  return { kind: 'deref', type, pointer, span };
}

export function member(object: HirExpr, field: Field, type: Type, span: Span): HirExpr {
  return { kind: 'member', type, object, field, span };
}

export function pointerTo(to: Type, space: AddressSpace): Type {
  return { kind: 'pointer', to, space };
}

/** What a statement-like call gives where an expression stands: nothing, after having run the statements. */
export function effect(statements: readonly HirStmt[], span: Span): HirExpr {
  return {
    kind: 'block',
    type: NONE,
    block: { statements },
    value: { kind: 'const', type: NONE, value: 0n, span },
    span,
  };
}

/** A value after statements. */
export function sequence(statements: readonly HirStmt[], value: HirExpr, span: Span): HirExpr {
  if (statements.length === 0) return value;
  return { kind: 'block', type: value.type, block: { statements }, value, span };
}

/** The statements of an expression whose value is not used. */
export function discard(expr: HirExpr): readonly HirStmt[] {
  if (expr.type === UNKNOWN || expr.kind === 'const' || expr.kind === 'string') return [];
  if (expr.kind === 'block') return [...expr.block.statements, ...discard(expr.value)];
  if (expr.kind === 'map-delete') return [{ kind: 'expr', expr: { ...expr, checked: true }, span: expr.span }];
  if (expr.kind === 'select') {
    return [
      {
        kind: 'if',
        cond: expr.cond,
        then: { statements: discard(expr.then) },
        else: { statements: discard(expr.else) },
        span: expr.span,
      },
    ];
  }
  return [{ kind: 'expr', expr, span: expr.span }];
}
