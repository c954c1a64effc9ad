/** A per-CPU aggregate read as a number: folded over all CPUs now, in a loop. */
import type { HirExpr, HirMap } from '../../language/hir.ts';
import type { Aggregate } from '../../language/types.ts';
import type { Operand, Reg, Value } from '../ir/instruction.ts';
import type { Context } from './context.ts';
import { keyAddress, mapFd, storageOf } from './map.ts';
import type { Memory } from './memory.ts';

/** Accumulators of a fold: a is the value or total, b the count or whether there is a value. */
interface Fold {
  readonly a: Reg;
  readonly b: Reg;
}

export function aggregateGet(cx: Context, e: Extract<HirExpr, { kind: 'aggregate-get' }>): Value {
  const { map, key } = e;
  return cx.b.scope(() => {
    const copies = key === null ? scalarCopy(cx, map) : keyedCopy(cx, map, keyAddress(cx, key));
    return foldAll(cx, map, copies);
  });
}

/** The element of a keyed map, its key at an address. */
export function foldElement(cx: Context, map: HirMap, key: Operand): Value {
  return foldAll(cx, map, keyedCopy(cx, map, key));
}

function foldAll(cx: Context, map: HirMap, copies: Copies): Value {
  if (map.value.kind !== 'aggregate') throw new Error(`${map.name} is no aggregate`);
  const of = map.value.of;
  const { b } = cx;
  const fold: Fold = { a: b.reg(), b: b.reg() };
  b.assign(fold.a, 0n);
  b.assign(fold.b, 0n);
  const cpu = b.reg();
  b.assign(cpu, 0n);
  const head = b.newBlock();
  const next = b.newBlock();
  const end = b.newBlock();
  b.place(head);
  cx.cache.scope(() => copies(cpu, next, (from) => foldOne(cx, of, fold, from)));
  b.place(next);
  b.assign(cpu, b.alu('add', cpu, 1n));
  b.branch('jlt', cpu, BigInt(cx.module.target.possibleCpus), head, end);
  b.place(end);
  return result(cx, of, fold);
}

type Copies = (cpu: Reg, skip: ReturnType<Context['b']['newBlock']>, use: (from: Memory) => void) => void;

function scalarCopy(cx: Context, map: HirMap): Copies {
  const storage = storageOf(cx, map);
  if (storage.kind !== 'memory') throw new Error(`${map.name} wants a key`);
  const start = cx.b.mov({ kind: 'map', map: storage.map, use: 'value', offset: storage.offset });
  return (cpu, _skip, use) => {
    const index = cx.b.alu('and', cpu, BigInt(cx.module.storage.perCpu.mask));
    const base = cx.b.alu('add', start, cx.b.alu('mul', index, BigInt(storage.stride)));
    use({ space: 'bpf', base: cx.b.inReg(base), offset: 0 });
  };
}

/** Needs kernel 5.19. */
function keyedCopy(cx: Context, map: HirMap, at: Operand): Copies {
  cx.needs('helper:bpf_map_lookup_percpu_elem', `Reading ${map.name} as a number`);
  const fd = mapFd(storageOf(cx, map).map);
  return (cpu, skip, use) => {
    const pointer = cx.b.call('map_lookup_percpu_elem', fd, at, cpu);
    const found = cx.b.newBlock();
    cx.b.branch('jeq', pointer, 0n, skip, found);
    cx.b.place(found);
    use({ space: 'bpf', base: pointer, offset: 0 });
  };
}

function foldOne(cx: Context, of: Aggregate, fold: Fold, from: Memory): void {
  const { b } = cx;
  const base = from.base as Reg;
  const value = b.load(8, base, from.offset);
  if (of.kind === 'min' || of.kind === 'max') {
    const set = b.load(8, base, from.offset + 8);
    const present = b.newBlock();
    const compare = b.newBlock();
    const take = b.newBlock();
    const done = b.newBlock();
    b.branch('jeq', set, 0n, done, present);
    b.place(present);
    b.branch('jeq', fold.b, 0n, take, compare);
    b.place(compare);
    const cond = of.kind === 'min' ? (of.signed ? 'jslt' : 'jlt') : of.signed ? 'jsgt' : 'jgt';
    b.branch(cond, value, fold.a, take, done);
    b.place(take);
    b.assign(fold.a, value);
    b.assign(fold.b, 1n);
    b.place(done);
    return;
  }
  b.assign(fold.a, b.alu('add', fold.a, value));
  if (of.kind === 'avg' || of.kind === 'stats')
    b.assign(fold.b, b.alu('add', fold.b, b.load(8, base, from.offset + 8)));
}

function result(cx: Context, of: Aggregate, fold: Fold): Value {
  const { b } = cx;
  if (of.kind !== 'avg' && of.kind !== 'stats') return b.mov(fold.a);
  if (!of.signed) return b.alu('div', fold.a, fold.b);
  // Division is unsigned: of the absolute value, the sign put back.
  const sign = b.alu('arsh', fold.a, 63n);
  const magnitude = b.alu('sub', b.alu('xor', fold.a, sign), sign);
  const quotient = b.alu('div', magnitude, fold.b);
  return b.alu('sub', b.alu('xor', quotient, sign), sign);
}
