/** Whether an expression can be left out: it changes nothing, and only its value would be missed. */
import type { HirExpr } from '../hir.ts';

export function isPure(expr: HirExpr): boolean {
  switch (expr.kind) {
    case 'const':
    case 'string':
    case 'bytes':
    case 'local':
    case 'builtin':
    case 'context':
      return true;
    case 'map':
    case 'aggregate-get':
      return expr.key === null || isPure(expr.key);
    case 'map-has':
      return isPure(expr.key);
    case 'arithmetic':
    case 'compare':
    case 'compare-memory':
    case 'logical':
      // A division by zero is reported when it happens.
      return isPure(expr.left) && isPure(expr.right) && !(expr.kind === 'arithmetic' && '/%'.includes(expr.op));
    case 'not':
    case 'negate':
    case 'complement':
    case 'cast':
      return isPure(expr.operand);
    case 'deref':
      return isPure(expr.pointer);
    case 'member':
    case 'element':
      return isPure(expr.object);
    case 'select':
      return isPure(expr.cond) && isPure(expr.then) && isPure(expr.else);
    case 'tuple':
      return expr.elements.every(isPure);
    default:
      return false;
  }
}
