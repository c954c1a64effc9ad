/** count, sum, min, max, avg, stats, hist, lhist, tseries: added to this CPU's copy in place. */
import type { HirStmt } from '../../language/hir.ts';
import type { Aggregate } from '../../language/types.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { lowerValue } from './expression.ts';
import { histogramIndex, linearIndex } from './histogram.ts';
import { storageOf, withElement } from './map.ts';
import { address, type Memory } from './memory.ts';
import { addToSeries } from './series.ts';

type Statement = Extract<HirStmt, { kind: 'aggregate' }>;

export function lowerAggregate(cx: Context, s: Statement): void {
  if (s.map.value.kind !== 'aggregate') throw new Error(`${s.map.name} is no aggregate`);
  const of = s.map.value.of;
  const values = s.args.map((a) => lowerValue(cx, a));
  const alone = cx.module.isExclusive && !cx.module.isTaken(s.map);
  const change = (cell: Memory): void => add(cx, of, { ...cell, alone }, values[0] ?? 1n);
  if (s.key !== null) return withElement(cx, s.map, s.key, change);
  const storage = storageOf(cx, s.map);
  if (storage.kind !== 'memory') throw new Error(`${s.map.name} wants a key`);
  change({ space: 'bpf', base: cx.perCpu(), offset: storage.offset - cx.module.storage.perCpu.start });
  cx.cache.forget(`@${s.map.index};`);
}

interface Counters extends Memory {
  /** Nobody else changes them meanwhile. */
  readonly alone: boolean;
}

function add(cx: Context, of: Aggregate, cell: Counters, value: Value): void {
  const base = cell.base as Reg;
  switch (of.kind) {
    case 'count':
      return bump(cx, cell, base, cell.offset, 1n);
    case 'sum':
      return bump(cx, cell, base, cell.offset, value);
    case 'avg':
    case 'stats':
      bump(cx, cell, base, cell.offset, value);
      return bump(cx, cell, base, cell.offset + 8, 1n);
    case 'min':
    case 'max':
      return extreme(cx, of, base, cell.offset, value);
    case 'hist':
      return histogramIndex(cx, of.bits, value, (index) => bumpBucket(cx, cell, index));
    case 'lhist':
      return linearIndex(cx, of, value, (index) => bumpBucket(cx, cell, index));
    case 'tseries':
      return addToSeries(cx, of, cell, value);
  }
}

/** Adds to a counter of this CPU. */
function bump(cx: Context, { alone }: Counters, base: Reg, offset: number, value: Value): void {
  if (alone) cx.b.store(8, base, offset, cx.b.alu('add', cx.b.load(8, base, offset), value));
  else cx.b.atomic('add', 8, base, offset, value);
}

function bumpBucket(cx: Context, cell: Counters, index: Value): void {
  const start = cx.b.inReg(address(cx, { ...cell, offset: 0 }));
  const base = cx.b.inReg(cx.b.alu('add', cx.b.alu('lsh', index, 3n), start));
  bump(cx, cell, base, cell.offset, 1n);
}

function extreme(
  cx: Context,
  of: { readonly kind: string; readonly signed: boolean },
  base: Reg,
  offset: number,
  value: Value,
): void {
  const { b } = cx;
  const compare = b.newBlock();
  const take = b.newBlock();
  const end = b.newBlock();
  b.branch('jeq', b.load(8, base, offset + 8), 0n, take, compare);
  b.place(compare);
  const cond = of.kind === 'min' ? (of.signed ? 'jslt' : 'jlt') : of.signed ? 'jsgt' : 'jgt';
  b.branch(cond, value, b.load(8, base, offset), take, end);
  b.place(take);
  b.store(8, base, offset, value);
  b.store(8, base, offset + 8, 1n);
  b.place(end);
}
