/** len(@m): the number of elements now. */
import type { HirExpr } from '../../language/hir.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';

export function mapLength(cx: Context, e: Extract<HirExpr, { kind: 'map-len' }>): Value {
  cx.module.diagnostics.error('unsupported', e.span, 'len() of a map is not supported yet');
  return 0n;
}
