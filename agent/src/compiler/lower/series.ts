/** tseries(): a ring of slots {value, meta, epoch}, one per interval; an old slot is taken over by a new interval. */
import type { Aggregate } from '../../language/types.ts';
import type { Reg, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { address, type Memory } from './memory.ts';

type Series = Extract<Aggregate, { kind: 'tseries' }>;

const SLOT = 24n;
const META = 8;
const EPOCH = 16;

/** Needs kernel 6.1 (the clock TAI, which intervals are counted on). */
export function addToSeries(cx: Context, of: Series, cell: Memory, value: Value): void {
  const { b } = cx;
  cx.needs('helper:bpf_ktime_get_tai_ns', 'tseries()');
  const now = b.call('ktime_get_tai_ns');
  const epoch = b.alu('div', now, of.interval);
  const index = b.alu('mod', epoch, BigInt(of.buckets));
  const inside = b.newBlock();
  const end = b.newBlock();
  // The verifier does not know what a remainder can be.
  b.branch('jlt', index, BigInt(of.buckets), inside, end);
  b.place(inside);
  const start = b.inReg(address(cx, { ...cell, offset: 0 }));
  const slot = b.inReg(b.alu('add', b.alu('mul', index, SLOT), start));
  const at = cell.offset;
  const stale = b.newBlock();
  const known = b.newBlock();
  b.branch('jne', b.load(8, slot, at + EPOCH), epoch, stale, known);
  b.place(stale);
  b.store(8, slot, at, of.fold === 'min' || of.fold === 'max' ? value : 0n);
  b.store(8, slot, at + META, 0n);
  b.store(8, slot, at + EPOCH, epoch);
  b.place(known);
  fold(cx, of, slot, at, value, now);
  b.place(end);
}

function fold(cx: Context, of: Series, slot: Reg, at: number, value: Value, now: Value): void {
  const { b } = cx;
  switch (of.fold) {
    case 'last':
      b.store(8, slot, at, value);
      return b.store(8, slot, at + META, now);
    case 'avg':
      b.store(8, slot, at + META, b.alu('add', b.load(8, slot, at + META), 1n));
      return b.store(8, slot, at, b.alu('add', b.load(8, slot, at), value));
    case 'sum':
      return b.store(8, slot, at, b.alu('add', b.load(8, slot, at), value));
    case 'min':
    case 'max': {
      const cond = of.fold === 'min' ? (of.signed ? 'jslt' : 'jlt') : of.signed ? 'jsgt' : 'jgt';
      const take = b.newBlock();
      const end = b.newBlock();
      b.branch(cond, value, b.load(8, slot, at), take, end);
      b.place(take);
      b.store(8, slot, at, value);
      b.place(end);
    }
  }
}
