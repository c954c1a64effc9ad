/** Maps with plain values: reading, assigning, changing in place, deleting. */
import { sizeOf } from '../../language/layout.ts';
import type { ArithmeticOp, HirExpr, HirMap, Place } from '../../language/hir.ts';
import type { Span } from '../../language/diagnostic.ts';
import type { Block, MapAddress, Operand, Reg, Value } from '../ir/instruction.ts';
import type { Storage } from '../program.ts';
import { arithmetic } from './arithmetic.ts';
import type { Context } from './context.ts';
import { runtimeError } from './event.ts';
import { lowerDirect, lowerValue } from './expression.ts';
import { keyOf } from './key.ts';
import { address, clear, loadScalar, storeScalar, type Memory } from './memory.ts';
import { extend, isSigned, scalarSize } from './scalar.ts';

export type MapPlace = Extract<Place, { kind: 'map' }>;

export const BPF_ANY = 0n;
export const BPF_NOEXIST = 1n;

export function storageOf(cx: Context, map: HirMap): Storage {
  const found = cx.module.storage.userMaps[map.index];
  if (found === undefined) throw new Error(`map ${map.name} has no storage`);
  return found.storage;
}

export const mapFd = (map: number): MapAddress => ({ kind: 'map', map, use: 'fd', offset: 0 });

/** The value of a map without keys. */
export function scalarPlace(cx: Context, map: HirMap): Memory {
  const storage = storageOf(cx, map);
  if (storage.kind !== 'memory') throw new Error(`map ${map.name} wants a key`);
  return { space: 'bpf', base: { kind: 'map', map: storage.map, use: 'value', offset: storage.offset }, offset: 0 };
}

/** Address of the key, laid out as the map's key type. */
export function keyAddress(cx: Context, key: HirExpr | null): Operand {
  return key === null ? cx.module.zero(KEYLESS) : address(cx, lowerDirect(cx, key));
}

/** Bytes of the key of a map without keys, all of them zero. */
const KEYLESS = 4;

const isInMemory = (cx: Context, map: HirMap): boolean => storageOf(cx, map).kind === 'memory';

export function lookup(cx: Context, map: HirMap, key: Operand): Reg {
  return cx.b.call('map_lookup_elem', mapFd(storageOf(cx, map).map), key);
}

const cacheKey = (map: HirMap, key: HirExpr): string | null => {
  const text = keyOf(key);
  return text === null ? null : `@${map.index};[${text}]`;
};

/** The map changes: what was read of it is not known any more. */
export function changed(cx: Context, map: HirMap): void {
  cx.cache.forget(`@${map.index};`);
}

// ---- reading ----------------------------------------------------------------------------------------------------

export function readMapScalar(cx: Context, e: MapPlace): Value {
  const { key, map } = e;
  if (key === null) return loadScalar(cx, scalarPlace(cx, map), e.type);
  const known = cacheKey(map, key);
  const cached = known === null ? undefined : cx.cache.get(known);
  if (cached !== undefined && (typeof cached === 'bigint' || cached.kind === 'reg')) return cached;
  return cx.b.scope(() => {
    const { b } = cx;
    const pointer = lookup(cx, map, keyAddress(cx, key));
    const result = b.reg();
    const found = b.newBlock();
    const end = b.newBlock();
    b.assign(result, 0n);
    b.branch('jeq', pointer, 0n, end, found);
    b.place(found);
    b.assign(result, loadScalar(cx, { space: 'bpf', base: pointer, offset: 0 }, e.type));
    b.place(end);
    const value = b.mov(result);
    if (known !== null) cx.cache.set(known, value);
    return value;
  });
}

/** `if (@m[k])`: the value is known to be there and not zero afterwards. */
export function branchMapScalar(cx: Context, e: MapPlace, yes: Block, no: Block): void {
  const { key, map } = e;
  const known = key === null ? null : cacheKey(map, key);
  if (key === null || known === null || cx.cache.get(known) !== undefined) {
    cx.b.branch('jne', readMapScalar(cx, e), 0n, yes, no);
    return;
  }
  cx.b.scope(() => {
    const { b } = cx;
    const pointer = lookup(cx, map, keyAddress(cx, key));
    const found = b.newBlock();
    b.branch('jeq', pointer, 0n, no, found);
    b.place(found);
    const value = loadScalar(cx, { space: 'bpf', base: pointer, offset: 0 }, e.type);
    cx.cache.set(known, value);
    b.branch('jne', value, 0n, yes, no);
  });
}

/** Runs `use` with the object, or with null on the way where the key is missing. */
export function readMapObject(cx: Context, e: MapPlace, use: (from: Memory | null) => void): void {
  const { key, map } = e;
  if (isInMemory(cx, map)) return use(scalarPlace(cx, map));
  cx.b.scope(() => {
    const { b } = cx;
    const pointer = lookup(cx, map, keyAddress(cx, key));
    const found = b.newBlock();
    const missing = b.newBlock();
    const end = b.newBlock();
    b.branch('jeq', pointer, 0n, missing, found);
    b.place(found);
    use({ space: 'bpf', base: pointer, offset: 0 });
    b.jump(end);
    b.place(missing);
    use(null);
    b.place(end);
  });
}

// ---- writing ----------------------------------------------------------------------------------------------------

export function setMap(cx: Context, place: MapPlace, value: HirExpr): void {
  const { map, key } = place;
  cx.b.scope(() => {
    if (isInMemory(cx, map)) {
      storeScalar(cx, scalarPlace(cx, map), place.type, lowerValue(cx, value));
      return;
    }
    const from = address(cx, lowerDirect(cx, value));
    const result = cx.b.call('map_update_elem', mapFd(storageOf(cx, map).map), keyAddress(cx, key), from, BPF_ANY);
    countFull(cx, map, result);
  });
  changed(cx, map);
}

/** A refused update is counted by map and CPU, not sent as an event each time. */
function countFull(cx: Context, map: HirMap, result: Reg): void {
  const { b } = cx;
  const failed = b.newBlock(true);
  const end = b.newBlock();
  b.branch('jne', result, 0n, failed, end);
  b.place(failed);
  b.unlikely(() => cx.cache.scope(() => bumpFull(cx, map)));
  b.jump(end);
  b.place(end);
}

function bumpFull(cx: Context, map: HirMap): void {
  const offset = cx.module.storage.full[map.index] ?? 0;
  cx.b.atomic('add', 8, cx.perCpu(), offset, 1n);
}

/**
 * Runs `change` with the element's value, made of zeros when it is missing, so that every change is done in place and
 * none is lost to another CPU that makes the same element.
 */
export function withElement(cx: Context, map: HirMap, key: HirExpr, change: (value: Memory) => void): void {
  const { b } = cx;
  b.scope(() => {
    const keyAt = keyAddress(cx, key);
    const fd = mapFd(storageOf(cx, map).map);
    const pointer = b.reg();
    const make = b.newBlock(true);
    const found = b.newBlock();
    const end = b.newBlock();
    b.assign(pointer, b.call('map_lookup_elem', fd, keyAt));
    b.branch('jeq', pointer, 0n, make, found);
    b.place(make);
    b.unlikely(() => {
      b.call('map_update_elem', fd, keyAt, cx.module.zero(sizeOf(map.value)), BPF_NOEXIST);
      b.assign(pointer, b.call('map_lookup_elem', fd, keyAt));
      const full = b.newBlock();
      b.branch('jeq', pointer, 0n, full, found);
      b.place(full);
      cx.cache.scope(() => bumpFull(cx, map));
      b.jump(end);
    });
    b.place(found);
    cx.cache.scope(() => change({ space: 'bpf', base: pointer, offset: 0 }));
    b.place(end);
  });
  changed(cx, map);
}

const ATOMIC: Readonly<Partial<Record<ArithmeticOp, 'add' | 'or' | 'and' | 'xor'>>> = {
  '+': 'add',
  '-': 'add',
  '|': 'or',
  '&': 'and',
  '^': 'xor',
};

/** Before Linux 5.12 there is only an atomic add, and it does not give the value from before. */
const hasAtomics = (cx: Context): boolean => cx.module.target.kernel >= 0x050c00;

/** `@m[k] op= value` in one look-up; atomic where an instruction can, so that no CPU's change is lost. */
export function changeMap(cx: Context, place: MapPlace, op: ArithmeticOp, value: HirExpr, span: Span): void {
  const operand = lowerValue(cx, value);
  withPlace(cx, place, (to) => {
    const size = scalarSize(place.type);
    const atomic = ATOMIC[op];
    if (atomic !== undefined && (size === 4 || size === 8) && (atomic === 'add' || hasAtomics(cx))) {
      const change = op === '-' ? cx.b.unary('neg', operand) : operand;
      cx.b.atomic(atomic, size, directBase(cx, to), 0, change);
      return;
    }
    const before = loadScalar(cx, to, place.type);
    storeScalar(cx, to, place.type, arithmetic(cx, op, before, operand, place.type, span));
  });
  changed(cx, place.map);
}

/** `@m++` and its kin; the value before or after. */
export function updateMap(cx: Context, place: MapPlace, step: bigint, prefix: boolean): Value {
  const result = cx.b.reg();
  const { type } = place;
  const size = scalarSize(type);
  const narrow = (v: Value): Value => extend(cx.b, v, size, isSigned(type));
  cx.b.assign(result, 0n);
  withPlace(cx, place, (to) => {
    let before: Value;
    if ((size === 4 || size === 8) && hasAtomics(cx))
      before = narrow(cx.b.atomicFetch('add', size, directBase(cx, to), 0, step));
    else {
      before = loadScalar(cx, to, type);
      storeScalar(cx, to, type, cx.b.alu('add', before, step));
    }
    cx.b.assign(result, prefix ? narrow(cx.b.alu('add', before, step)) : before);
  });
  changed(cx, place.map);
  return cx.b.mov(result);
}

function withPlace(cx: Context, place: MapPlace, change: (to: Memory) => void): void {
  if (place.key === null) change(scalarPlace(cx, place.map));
  else withElement(cx, place.map, place.key, change);
}

function directBase(cx: Context, m: Memory): Reg {
  return cx.b.inReg(address(cx, m));
}

// ---- the rest ---------------------------------------------------------------------------------------------------

export function mapHas(cx: Context, e: Extract<HirExpr, { kind: 'map-has' }>): Value {
  return cx.b.scope(() => truth(cx, lookup(cx, e.map, keyAddress(cx, e.key)), 'jne'));
}

export function mapDelete(cx: Context, e: Extract<HirExpr, { kind: 'map-delete' }>): Value {
  const { map, key } = e;
  changed(cx, map);
  if (isInMemory(cx, map)) {
    deleteScalar(cx, map);
    return 1n;
  }
  return cx.b.scope(() => {
    const result = cx.b.call('map_delete_elem', mapFd(storageOf(cx, map).map), keyAddress(cx, key));
    if (key === null) return 1n;
    if (e.checked) {
      const { b } = cx;
      const missing = b.newBlock(true);
      const end = b.newBlock();
      b.branch('jne', result, 0n, missing, end);
      b.place(missing);
      b.unlikely(() => runtimeError(cx, `Can't delete map element because it does not exist.`, e.span, result));
      b.jump(end);
      b.place(end);
      return 1n;
    }
    return truth(cx, result, 'jeq');
  });
}

/** Every CPU's copy becomes zero. */
function deleteScalar(cx: Context, map: HirMap): void {
  const storage = storageOf(cx, map);
  if (storage.kind !== 'memory') return;
  for (let cpu = 0; cpu < storage.copies; cpu++) {
    const offset = storage.offset + cpu * storage.stride;
    clear(cx, { space: 'bpf', base: { kind: 'map', map: storage.map, use: 'value', offset }, offset: 0 }, storage.size);
  }
}

/** 1 when the value is (jeq) or is not (jne) zero. */
function truth(cx: Context, value: Value, cond: 'jeq' | 'jne'): Value {
  const { b } = cx;
  const result = b.reg();
  const yes = b.newBlock();
  const end = b.newBlock();
  b.assign(result, 0n);
  b.branch(cond, value, 0n, yes, end);
  b.place(yes);
  b.assign(result, 1n);
  b.place(end);
  return result;
}

export { aggregateGet } from './aggregate-read.ts';
export { mapLength } from './map-length.ts';
