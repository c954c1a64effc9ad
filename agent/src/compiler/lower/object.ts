/** Where the object of an expression is in memory: variables, members, elements, what pointers point to. */
import { RETURN_FIELD } from '../../language/check/place-facts.ts';
import { elementOffsets, sizeOf } from '../../language/layout.ts';
import type { HirExpr } from '../../language/hir.ts';
import type { ArgumentPlace, Field, Type } from '../../language/types.ts';
import type { Value } from '../ir/instruction.ts';
import { argumentOffset, registerOffset } from '../arch/registers.ts';
import type { Context } from './context.ts';
import { lowerDirect, lowerInto, lowerValue } from './expression.ts';
import { runtimeError } from './event.ts';
import { localMemory } from './local.ts';
import { scalarPlace } from './map.ts';
import { address, loadInt, loadScalar, pointee, within, type Memory } from './memory.ts';
import { extend, isScalar, isSigned, scalarSize } from './scalar.ts';
import { isTrusted, typedTask } from './trusted.ts';

type ObjectOf<K> = (cx: Context, e: Extract<HirExpr, { kind: K }>) => Memory;
type Objects = { readonly [K in HirExpr['kind']]?: ObjectOf<K> };

const OBJECTS: Objects = {
  local: (cx, e) => localMemory(cx, e.local) ?? made(cx, e),
  context: (cx) => ({ space: 'context', base: cx.ctx, offset: 0 }),
  deref: (cx, e) => {
    const { pointer } = e;
    if (isTrusted(cx, pointer)) {
      const base = pointer.kind === 'builtin' ? typedTask(cx) : cx.b.inReg(lowerValue(cx, pointer));
      return { space: 'trusted', base, offset: 0 };
    }
    const space = pointer.type.kind === 'pointer' ? pointer.type.space : 'unknown';
    return pointee(cx, cx.b.inReg(lowerValue(cx, pointer)), space);
  },
  member: (cx, e) => memberPlace(cx, objectOf(cx, e.object), e.field),
  element: (cx, e) => within(objectOf(cx, e.object), elementOffsets(e.object.type)[e.index] ?? 0),
  index: (cx, e) => indexPlace(cx, e),
};

/** The place of an object that exists, or of a copy made for this. */
export function objectOf(cx: Context, e: HirExpr): Memory {
  return cx.at(e.span, () => {
    const find = OBJECTS[e.kind] as ((cx: Context, e: HirExpr) => Memory) | undefined;
    return find === undefined ? made(cx, e) : find(cx, e);
  });
}

/** As objectOf, but a copy stays where it is as long as the program runs: somebody keeps its address. */
export function lastingObject(cx: Context, e: HirExpr): Memory {
  if (e.kind !== 'map' && (e.kind !== 'local' || localMemory(cx, e.local) !== null)) return objectOf(cx, e);
  // A number without a key is where it is as long as the query runs.
  if (e.kind === 'map' && e.key === null && isScalar(e.type)) return scalarPlace(cx, e.map);
  const to = cx.scratchMemory(cx.scratchSpace(Math.max(1, sizeOf(e.type))));
  cx.at(e.span, () => lowerInto(cx, e, to));
  return to;
}

function made(cx: Context, e: HirExpr): Memory {
  if (e.kind === 'local' || e.kind === 'map' || isScalar(e.type)) {
    const to = cx.temporary(Math.max(1, sizeOf(e.type)));
    lowerInto(cx, e, to);
    return to;
  }
  return lowerDirect(cx, e);
}

/** Members of tracepoint records may only hold where their data is. */
function memberPlace(cx: Context, object: Memory, field: Field): Memory {
  const place = within(object, field.offset);
  return field.dynamic === undefined
    ? place
    : { space: 'kernel', base: cx.b.inReg(dynamicAddress(cx, object, field)), offset: 0 };
}

/** (length << 16 | offset): from the record's start, or from the field's own end. */
function dynamicAddress(cx: Context, object: Memory, field: Field): Value {
  const word = loadInt(cx, within(object, field.offset), 4, false);
  const offset = cx.b.alu('and', word, 0xffffn);
  const from = field.dynamic === 'rel_loc' ? within(object, field.offset + 4) : object;
  return cx.b.alu('add', offset, cx.b.inReg(address(cx, from)));
}

export function readMember(cx: Context, e: Extract<HirExpr, { kind: 'member' }>): Value {
  const { field } = e;
  if (field.argument !== undefined) return readArgument(cx, field.argument, e.type);
  const object = objectOf(cx, e.object);
  if (field.dynamic !== undefined) return dynamicAddress(cx, object, field);
  if (field.bits !== undefined) return readBits(cx, untyped(object), field);
  const place = within(object, field.offset);
  if (place.space === 'context' && cx.site.kind === 'iter' && e.type.kind === 'pointer')
    return cx.iterated(place.offset);
  // Arguments of BTF programs are 64-bit slots.
  if (place.space === 'context' && hasSlots(cx)) {
    if (field.name === RETURN_FIELD && isOfProgram(cx)) {
      return extend(cx.b, returnOfProgram(cx), scalarSize(e.type), isSigned(e.type));
    }
    return extend(cx.b, loadInt(cx, place, 8, false), scalarSize(e.type), isSigned(e.type));
  }
  return loadScalar(cx, place, e.type);
}

/** The rest of a register that holds a small number may have any bits. */
function readArgument(cx: Context, place: ArgumentPlace, type: Type): Value {
  const { arch } = cx.module.target;
  if (place.kind === 'stack') {
    const stack = cx.b.inReg(cx.b.load(8, cx.ctx, registerOffset(arch, 'sp') ?? 0));
    return loadScalar(cx, { space: 'user', base: stack, offset: place.offset }, type);
  }
  const offset = place.kind === 'register' ? argumentOffset(arch, place.index) : null;
  if (offset === null) throw new Error('an argument without a place');
  return extend(cx.b, cx.b.load(8, cx.ctx, offset), scalarSize(type), isSigned(type));
}

const hasSlots = (cx: Context): boolean => cx.site.kind === 'fentry' || cx.site.kind === 'rawtracepoint';

const isOfProgram = (cx: Context): boolean => cx.site.kind === 'fentry' && cx.site.bpfProgram !== null;

/**
 * What a BPF program returned. Where the kernel does not trust the program's types, it passes five arguments, and the
 * result is behind those: only the helper knows.
 */
function returnOfProgram(cx: Context): Value {
  cx.needs('helper:bpf_get_func_ret@fexit', 'retval of BPF programs');
  return cx.b.scope(() => {
    const slot = cx.b.slot(8);
    cx.b.store(8, slot, 0, 0n);
    cx.b.call('get_func_ret', cx.ctx, slot);
    return cx.b.load(8, slot, 0);
  });
}

/** Reads that are not of one whole member go through the helper. */
const untyped = (object: Memory): Memory => (object.space === 'trusted' ? { ...object, space: 'kernel' } : object);

const WORDS = [1, 2, 4, 8] as const;

/** The smallest aligned word that has all bits: what C reads, and nothing behind the struct. */
function readBits(cx: Context, object: Memory, field: Field): Value {
  const { b } = cx;
  const { offset, width } = field.bits ?? { offset: 0, width: 64 };
  const startOf = (size: number): number => Math.floor(offset / 8 / size) * size;
  const size = WORDS.find((s) => (startOf(s) + s) * 8 >= offset + width);
  const down = BigInt(64 - width);
  const cut = isSigned(field.type) ? 'arsh' : 'rsh';
  if (size !== undefined) {
    const first = startOf(size);
    const word = loadInt(cx, within(object, field.offset + first), size, false);
    return b.alu(cut, b.alu('lsh', word, BigInt(64 - (offset - first * 8) - width)), down);
  }
  // Only a packed struct has bits across words: byte by byte, the last one first.
  const first = Math.floor(offset / 8);
  const shift = offset - first * 8;
  let high: Value = 0n;
  for (let at = Math.floor((offset + width - 1) / 8); at > first; at--) {
    high = b.alu('or', b.alu('lsh', high, 8n), loadInt(cx, within(object, field.offset + at), 1, false));
  }
  const low = b.alu('rsh', loadInt(cx, within(object, field.offset + first), 1, false), BigInt(shift));
  const all = b.alu('or', b.alu('lsh', high, BigInt(8 - shift)), low);
  return b.alu(cut, b.alu('lsh', all, down), down);
}

/** Array elements are checked against the array's length; pointers cannot be. */
function indexPlace(cx: Context, e: Extract<HirExpr, { kind: 'index' }>): Memory {
  const stride = sizeOf(e.type);
  const { object } = e;
  if (object.type.kind === 'pointer') {
    const pointer = lowerValue(cx, object);
    const offset = scaled(cx, lowerValue(cx, e.index), stride);
    return pointee(cx, cx.b.inReg(cx.b.alu('add', pointer, offset)), object.type.space);
  }
  const index = lowerValue(cx, e.index);
  const place = untyped(objectOf(cx, object));
  if (typeof index === 'bigint') return within(place, Number(index) * stride);
  const count =
    object.type.kind === 'array' ? object.type.count : Math.floor(sizeOf(object.type) / Math.max(1, stride));
  const safe = count === 0 ? index : bounded(cx, index, count, e);
  const source = place.space === 'bpf' || place.space === 'context' ? onScratch(cx, place, object) : place;
  const base = cx.b.inReg(address(cx, source));
  return { ...source, base: cx.b.inReg(cx.b.alu('add', base, scaled(cx, safe, stride))), offset: 0 };
}

/** Variable offsets are read through the reading helper, which takes any address. */
function onScratch(_cx: Context, place: Memory, _object: HirExpr): Memory {
  return { ...place, space: 'kernel' };
}

const scaled = (cx: Context, index: Value, stride: number): Value => cx.b.alu('mul', index, BigInt(stride));

/** 0 in place of an index that is out of bounds, with a warning. */
function bounded(cx: Context, index: Value, count: number, e: HirExpr): Value {
  const { b } = cx;
  const result = b.reg();
  b.assign(result, index);
  const wrong = b.newBlock(true);
  const good = b.newBlock();
  b.branch('jge', index, BigInt(count), wrong, good);
  b.place(wrong);
  b.unlikely(() => {
    runtimeError(cx, `Array access out of bounds. Size: ${count}`, e.span, 0n);
    b.assign(result, 0n);
  });
  b.jump(good);
  b.place(good);
  return result;
}
