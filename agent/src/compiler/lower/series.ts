/** tseries(): a ring of buckets by time, each {value, meta, epoch}. */
import type { Aggregate } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import type { Memory } from './memory.ts';

export function addToSeries(
  cx: Context,
  _of: Extract<Aggregate, { kind: 'tseries' }>,
  _cell: Memory,
  _value: Value,
): void {
  cx.module.diagnostics.error('unsupported', cx.b.span, 'tseries() is not supported yet');
}
