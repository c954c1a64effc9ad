/** Variables: in a register when they can be, else in memory; and `++`/`--` on variables and maps. */
import { sizeOf } from '../../language/layout.ts';
import type { HirExpr, Local } from '../../language/hir.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context, LocalPlace } from './context.ts';
import { lowerInto, lowerValue } from './expression.ts';
import { updateMap } from './map.ts';
import { clear, loadScalar, storeScalar, type Memory } from './memory.ts';
import { extend, isScalar, isSigned, scalarSize } from './scalar.ts';

/** Where a variable is; memory for it is taken at the program's start. */
export function placeOf(cx: Context, local: Local): LocalPlace {
  let place = cx.locals.get(local.id);
  if (place === undefined) {
    const outer = cx === cx.root ? undefined : cx.root.locals.get(local.id);
    if (outer?.kind === 'memory') place = { kind: 'memory', memory: cx.seen(outer.memory) };
  }
  if (place === undefined) {
    place =
      isScalar(local.type) && !cx.facts.needsMemory(local.id)
        ? { kind: 'reg', reg: cx.b.reg() }
        : { kind: 'memory', memory: cx.temporary(Math.max(1, sizeOf(local.type))) };
    cx.locals.set(local.id, place);
  }
  return place;
}

/** Gives all variables in memory their place, zeroed. */
export function placeLocals(cx: Context): void {
  for (const local of cx.facts.locals) {
    if (isScalar(local.type) && !cx.facts.needsMemory(local.id)) continue;
    const place = placeOf(cx, local);
    if (place.kind === 'memory') clear(cx, place.memory, sizeOf(local.type));
  }
}

/**
 * Makes the verifier forget what it knows of variables that a loop changes: it would look at every turn for itself as long
 * as it can tell the turns apart by their values.
 */
export function forgetValues(cx: Context): void {
  if (cx !== cx.root) return;
  const { b } = cx;
  const { data, zero } = cx.module.storage;
  const unknown = (): Value => b.load(8, b.mov({ kind: 'map', map: data, use: 'value', offset: zero }), 0);
  for (const id of cx.facts.changedByCallbacks) {
    const local = cx.facts.locals.find((l) => l.id === id);
    const place = cx.locals.get(id);
    if (local === undefined || place?.kind !== 'memory' || !isScalar(local.type) || local.type.kind === 'pointer')
      continue;
    storeScalar(cx, place.memory, local.type, b.alu('add', loadScalar(cx, place.memory, local.type), unknown()));
  }
}

export function localMemory(cx: Context, local: Local): Memory | null {
  const place = placeOf(cx, local);
  return place.kind === 'memory' ? place.memory : null;
}

/** A copy, so that a later assignment does not change what was read. */
export function readLocal(cx: Context, local: Local): Value {
  const place = placeOf(cx, local);
  return place.kind === 'reg' ? cx.b.mov(place.reg) : loadScalar(cx, place.memory, local.type);
}

export function writeLocal(cx: Context, local: Local, value: Value): void {
  cx.cache.forget(`$${local.id};`);
  const place = placeOf(cx, local);
  if (place.kind === 'reg') cx.b.assign(place.reg, value);
  else storeScalar(cx, place.memory, local.type, value);
}

export function setLocal(cx: Context, local: Local, value: HirExpr): void {
  if (isScalar(local.type)) return writeLocal(cx, local, lowerValue(cx, value));
  cx.cache.forget(`$${local.id};`);
  const place = placeOf(cx, local);
  if (place.kind === 'memory') lowerInto(cx, value, place.memory);
}

export function update(cx: Context, e: Extract<HirExpr, { kind: 'update' }>): Value {
  const step = stepOf(e);
  if (e.place.kind === 'map') return updateMap(cx, e.place, step, e.prefix);
  const before = readLocal(cx, e.place.local);
  const { type } = e.place;
  const after = extend(cx.b, cx.b.alu('add', before, step), scalarSize(type), isSigned(type));
  writeLocal(cx, e.place.local, after);
  return e.prefix ? after : before;
}

/** Pointers move by whole objects. */
function stepOf(e: Extract<HirExpr, { kind: 'update' }>): bigint {
  const { type } = e.place;
  const one = type.kind === 'pointer' ? BigInt(Math.max(1, sizeOf(type.to))) : 1n;
  return e.op === '++' ? one : -one;
}
