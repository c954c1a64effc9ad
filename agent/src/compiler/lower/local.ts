/** Variables: in a register when they can be, else in memory; and `++`/`--` on variables and maps. */
import { sizeOf } from '../../language/layout.ts';
import type { HirExpr, Local } from '../../language/hir.ts';
import type { Type } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import type { Context, LocalPlace } from './context.ts';
import { lowerInto, lowerValue } from './expression.ts';
import { updateMap } from './map.ts';
import { clear, copy, loadScalar, storeScalar, type Memory } from './memory.ts';
import { extend, isScalar, isSigned, scalarSize } from './scalar.ts';
import { someWithin } from './walk.ts';

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
        : { kind: 'memory', memory: roomFor(cx, local) };
    cx.locals.set(local.id, place);
  }
  return place;
}

function roomFor(cx: Context, local: Local): Memory {
  const size = Math.max(1, sizeOf(local.type));
  return isInMap(cx, local) ? cx.scratchMemory(cx.scratchSpace(size)) : cx.temporary(size);
}

/**
 * In map memory are variables that a loop's function changes: the verifier does not follow its values, and would look at
 * every turn for itself as long as it can tell the turns apart by them. And variables that such a function may leave a
 * pointer to: it cannot leave one to the stack. A pointer itself would be a mere number there.
 */
function isInMap({ facts }: Context, { id, type }: Local): boolean {
  return (facts.changedByCallbacks.has(id) || (facts.hasCallbacks && facts.isPointedAt(id))) && !holdsPointer(type);
}

function holdsPointer(type: Type): boolean {
  if (type.kind === 'tuple') return type.elements.some(holdsPointer);
  if (type.kind === 'record') return type.fields.some((field) => holdsPointer(field.type));
  return type.kind === 'pointer';
}

/** Gives all variables in memory their place, zeroed. */
export function placeLocals(cx: Context): void {
  for (const local of cx.facts.locals) {
    if (isScalar(local.type) && !cx.facts.needsMemory(local.id)) continue;
    const place = placeOf(cx, local);
    if (place.kind === 'memory') clear(cx, place.memory, sizeOf(local.type));
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
  if (place.kind !== 'memory') return;
  if (!isMadeOf(cx, value, local)) return lowerInto(cx, value, place.memory);
  // `$t = ($t.1, $t.0)`: what is read must not be written yet.
  const size = sizeOf(local.type);
  const made = cx.temporary(size);
  lowerInto(cx, value, made);
  copy(cx, made, place.memory, size);
}

/** Whether an object is made of the variable that it goes to. */
function isMadeOf(cx: Context, value: HirExpr, { id }: Local): boolean {
  return someWithin(
    value,
    (e) => (e.kind === 'local' && e.local.id === id) || (e.kind === 'deref' && cx.facts.isPointedAt(id)),
  );
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
