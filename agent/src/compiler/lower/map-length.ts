/** len(@m): the number of elements now. */
import type { HirExpr } from '../../language/hir.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { mapFd, storageOf } from './map.ts';

/** Iterating returns how many elements there were. Needs kernel 5.13. */
export function mapLength(cx: Context, e: Extract<HirExpr, { kind: 'map-len' }>): Value {
  cx.needs('helper:bpf_for_each_map_elem', 'len() of a map');
  const inner = cx.callback(4);
  inner.b.ret(0n);
  return cx.b.call('for_each_map_elem', mapFd(storageOf(cx, e.map).map), inner.functionAddress, 0n, 0n);
}
